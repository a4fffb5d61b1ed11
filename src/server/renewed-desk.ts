import type { Answers, Asked, Desk, Ready } from './answers.ts'

/** A desk that may end by itself. */
export interface MortalDesk extends Desk {
  readonly hasEnded: boolean
}

/** Asks one desk after another: where one has ended, the next question opens another. */
export class RenewedDesk implements Desk {
  readonly #open: () => Promise<MortalDesk>
  #desk: Promise<MortalDesk>
  #isClosed = false

  /** @param open what takes the place of `first` once that has ended */
  constructor(first: MortalDesk, open: () => Promise<MortalDesk>) {
    this.#desk = Promise.resolve(first)
    this.#open = open
  }

  /** Errors: what opening another throws too; the next question tries again. */
  async ask<V extends keyof Answers>(verb: V, ...asked: Asked<V>): Promise<Ready> {
    return (await this.#living()).ask(verb, ...asked)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const desk = await this.#desk.catch(() => null)
    await desk?.close()
  }

  async #living(): Promise<MortalDesk> {
    const asked = this.#desk
    const desk = await asked
    if (!desk.hasEnded || this.#isClosed) return desk
    // Of many that find it ended one opens another.
    if (this.#desk === asked) this.#desk = this.#another(desk)
    return this.#desk
  }

  #another(ended: MortalDesk): Promise<MortalDesk> {
    const opening = this.#open()
    opening.catch(() => {
      this.#desk = Promise.resolve(ended)
    })
    return opening
  }
}
