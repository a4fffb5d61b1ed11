import type { Device } from './device.ts'
import { firstLine } from './first-line.ts'
import { runtimeOn } from './onnxruntime.node.ts'
import { type CheckedGraph, selfCheck } from './self-check.ts'

/**
 * Checks the device that it is started with and sends what came of it to the process that started it: what
 * ends this process then ends no other.
 */

/** The graphs checked, or the runtime's words where they could not be run. */
export type DeviceCheck = { readonly checked: readonly CheckedGraph[] } | { readonly failure: string }

process.send?.(await check(process.argv[2] as Device))

async function check(device: Device): Promise<DeviceCheck> {
  try {
    const runtime = runtimeOn(device)
    const single = await selfCheck(runtime, 'float32')
    // Graphics processors do not compute in double precision, or not faithfully, and are not asked to.
    return { checked: device === 'cpu' ? [...single, ...(await selfCheck(runtime, 'float64'))] : single }
  } catch (error) {
    return { failure: firstLine(error) }
  }
}
