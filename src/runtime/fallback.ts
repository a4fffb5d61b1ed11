import { firstLine } from './first-line.ts'
import type { Runtime, Session, Tensor } from './runtime.ts'
import { relativeError } from './self-check.ts'

/**
 * How far a device's answer may be from the processor's, relative to the largest number. Rounding alone
 * makes about 1e-6 in a layer and 1e-5 through a deep network; a wrong kernel makes all the difference.
 */
const AGREEMENT = 1e-3

/**
 * The device for as long as it gives the processor's answers, and the processor from then on.
 *
 * The first run of every model is made on both. Where the device cannot load a model, cannot run it, or
 * answers otherwise than the processor, the processor's answer counts, `onFallback` is told why, once, and
 * the device is not asked again. What the processor refuses too is the model's own failure and no reason to
 * leave the device.
 */
export function withFallback(
  device: Runtime,
  processor: Runtime,
  onFallback: (reason: string) => void,
): Runtime {
  let isLeft = false
  const leave = (reason: string): void => {
    if (!isLeft) onFallback(reason)
    isLeft = true
  }
  return {
    get device() {
      return isLeft ? processor.device : device.device
    },
    async load(...model) {
      const reference = await processor.load(...model)
      if (isLeft) return reference
      const [, , { tolerances = {} } = {}] = model
      try {
        return new WatchedSession(await device.load(...model), reference, {
          isLeft: () => isLeft,
          leave,
          tolerances,
        })
      } catch (error) {
        leave(`it cannot load the model (${firstLine(error)})`)
        return reference
      }
    },
  }
}

interface Watch {
  readonly isLeft: () => boolean
  readonly leave: (reason: string) => void
  readonly tolerances: Readonly<Record<string, number>>
}

/** One model on the device and on the processor. */
class WatchedSession implements Session {
  readonly #device: Session
  readonly #processor: Session
  readonly #watch: Watch
  #hasAgreed = false

  constructor(device: Session, processor: Session, watch: Watch) {
    this.#device = device
    this.#processor = processor
    this.#watch = watch
  }

  async run(...asked: Parameters<Session['run']>): Promise<Record<string, Tensor>> {
    const { isLeft, leave, tolerances } = this.#watch
    if (isLeft()) return this.#processor.run(...asked)
    const answer = await this.#device.run(...asked).catch((error: unknown) => firstLine(error))
    if (this.#hasAgreed && typeof answer !== 'string') return answer
    const expected = await this.#processor.run(...asked)
    const reason =
      typeof answer === 'string'
        ? `it cannot run the model (${answer})`
        : difference(answer, expected, tolerances)
    this.#hasAgreed = reason === null
    if (reason === null) return answer as Record<string, Tensor>
    leave(reason)
    return expected
  }

  async release(): Promise<void> {
    await Promise.all([this.#device.release(), this.#processor.release()])
  }
}

/** What to say where an answer is not the one expected; null where it is. */
function difference(
  answer: Record<string, Tensor>,
  expected: Record<string, Tensor>,
  tolerances: Watch['tolerances'],
): string | null {
  for (const [name, { data }] of Object.entries(expected)) {
    const error = relativeError(answer[name].data, data)
    if (error > (tolerances[name] ?? AGREEMENT))
      return `its ${name} is off by ${error.toExponential(1)} of the largest number`
  }
  return null
}
