import type { Runtime } from '../../runtime/runtime.ts'
import type { ScoreSource } from './source.ts'

/** Makes what more than one score looks at. */
type Make<T> = (runtime: Runtime, source: ScoreSource) => Promise<T>

/** What scores of the same labels are made with; of what several of them look at each is made once. */
export class ScoreWork {
  readonly runtime: Runtime
  readonly source: ScoreSource
  readonly #made = new Map<Make<unknown>, { readonly answer: unknown; readonly seconds: number }>()
  #spared = 0

  constructor(runtime: Runtime, source: ScoreSource) {
    this.runtime = runtime
    this.source = source
  }

  /** The seconds that all which was not made again has taken the first time. */
  get spared(): number {
    return this.#spared
  }

  /** What `make` answers, made unless it was before. */
  async once<T>(make: Make<T>): Promise<T> {
    const known = this.#made.get(make)
    if (known) {
      this.#spared += known.seconds
      return known.answer as T
    }
    const begin = performance.now()
    const answer = await make(this.runtime, this.source)
    this.#made.set(make, { answer, seconds: (performance.now() - begin) / 1000 })
    return answer
  }
}
