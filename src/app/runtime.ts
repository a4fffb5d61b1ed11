import { cpuRuntime } from '../runtime/onnxruntime.node.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { UserError } from '../user-error.ts'

const DEVICES = ['cpu'] as const
export type Device = (typeof DEVICES)[number]

export function openRuntime(device: Device = 'cpu'): Runtime {
  if (!DEVICES.includes(device)) {
    throw new UserError('usage', `device not found: ${device}, expected one of ${DEVICES.join(', ')}`)
  }
  return cpuRuntime()
}
