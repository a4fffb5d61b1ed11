import type { Device } from '../../runtime/device.ts'
import { withFallback } from '../../runtime/fallback.ts'
import { cpuRuntime, runtimeOn } from '../../runtime/onnxruntime.node.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { tryDevice } from '../../runtime/try-device.node.ts'

export type { Device }

/** What runs everything that has to be exact, and everything where no other device is asked for. */
export function openRuntime(): Runtime {
  return cpuRuntime()
}

export interface OpenDeviceOptions {
  readonly signal?: AbortSignal | undefined
  /** Told in one sentence why the CPU does the work of the device, as soon as that is known. */
  readonly onWarning: (sentence: string) => void
}

/**
 * What runs a network: the device asked for where it passes the self-check and gives the CPU's answers for
 * this network too, else the CPU. Its `device` says which of them it is by then.
 */
export async function openDevice(device: Device, { signal, onWarning }: OpenDeviceOptions): Promise<Runtime> {
  if (device === 'cpu') return openRuntime()
  const warn = (reason: string) => onWarning(`device ${device}: ${reason}; the CPU runs the network`)
  const { reason } = await tryDevice(device, { signal })
  if (reason === null) return withFallback(runtimeOn(device), openRuntime(), warn)
  warn(reason)
  return openRuntime()
}
