import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Device } from './device.ts'
import type { DeviceCheck } from './device-check.node.ts'
import { firstLine } from './first-line.ts'
import type { CheckedGraph } from './self-check.ts'

/** Whether a device can be used, by the self-check in a process of its own. */
export interface TriedDevice {
  readonly device: Device
  /** Why it cannot be used; null where it can. */
  readonly reason: string | null
  /** What was checked; empty where that could not be. */
  readonly checked: readonly CheckedGraph[]
}

export interface TryOptions {
  readonly signal?: AbortSignal | undefined
  /** The program that checks, which is started with the name of the device. */
  readonly program?: URL
  /** Milliseconds after which a device that does not answer is given up. */
  readonly patience?: number
}

/**
 * Loads a device and runs the self-check on it in a process of its own, since a broken driver can end the
 * process that loads it, hang, or write to its terminal. Throws the reason of `signal` where that is aborted,
 * and nothing else.
 */
export async function tryDevice(
  device: Device,
  {
    signal,
    program = new URL('./device-check.node.js', import.meta.url),
    patience = 60_000,
  }: TryOptions = {},
): Promise<TriedDevice> {
  signal?.throwIfAborted()
  const check = await ask(device, program, patience, signal)
  signal?.throwIfAborted()
  if ('failure' in check) return { device, reason: inWords(check.failure, device), checked: [] }
  const wrong = check.checked.find(({ agrees }) => !agrees)
  const reason =
    wrong === undefined
      ? null
      : `its ${wrong.graph} is off by ${wrong.error.toExponential(1)} of the largest number in ${wrong.precision}`
  return { device, reason, checked: check.checked }
}

async function ask(
  device: Device,
  program: URL,
  patience: number,
  signal: AbortSignal | undefined,
): Promise<DeviceCheck> {
  try {
    const child = fork(fileURLToPath(program), [device], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
      ...(signal && { signal }),
      timeout: patience,
      killSignal: 'SIGKILL',
    })
    const answers: DeviceCheck[] = []
    child.on('message', answer => answers.push(answer as DeviceCheck))
    const [[code, ended]] = await Promise.all([once(child, 'exit'), once(child, 'disconnect')])
    // What ends badly after its answer would end badly in this process too.
    if (answers.length > 0 && code === 0) return answers[0]
    return {
      failure: child.killed
        ? `its check did not end within ${patience / 1000} seconds`
        : `its check was ended by ${ended ?? `exit code ${code}`}`,
    }
  } catch (error) {
    return { failure: firstLine(error) }
  }
}

/** Words of ONNX Runtime, and what they mean to somebody who wants to use the device. */
const MEANINGS: readonly (readonly [RegExp, (device: Device) => string])[] = [
  [/backend not found/, device => `onnxruntime-node has no ${device} on ${process.platform} ${process.arch}`],
  [/No supported adapters|Failed to get a WebGPU adapter/, () => 'no graphics processor was found'],
  [/Failed to load shared library/, () => 'its libraries are not installed'],
  [
    /no CUDA-capable device|CUDA driver version is insufficient/,
    () => 'no graphics processor with a CUDA driver was found',
  ],
]

function inWords(failure: string, device: Device): string {
  return MEANINGS.find(([words]) => words.test(failure))?.[1](device) ?? failure
}
