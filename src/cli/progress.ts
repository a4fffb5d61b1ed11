import { errorColour } from './colour.ts'
import { printable } from './text.ts'

/**
 * Progress on stderr: one line that is rewritten on a terminal; elsewhere a line when something new begins
 * and then every five seconds, so that logs stay short.
 */
export class Progress {
  readonly #stream: NodeJS.WriteStream
  readonly #quiet: boolean
  #shown = ''
  #topic = ''
  #last = 0

  constructor(quiet: boolean, stream = process.stderr) {
    this.#quiet = quiet
    this.#stream = stream
  }

  /** @param topic what is being done; a change of it is always shown */
  show(topic: string, detail = ''): void {
    if (this.#quiet) return
    const now = performance.now()
    const isNew = topic !== this.#topic
    const interval = this.#stream.isTTY ? 80 : 5000
    if (!isNew && now - this.#last < interval) return
    this.#topic = topic
    this.#last = now
    const text = detail ? `${topic}  ${detail}` : topic
    // A line that wraps could not be rewritten.
    if (this.#stream.isTTY)
      this.#rewrite(errorColour.dim(text.slice(0, Math.max(1, (this.#stream.columns || 80) - 1))))
    else this.#stream.write(`${text}\n`)
  }

  /** A line that stays. */
  note(text: string): void {
    if (this.#quiet) return
    this.end()
    this.#stream.write(`${printable(text)}\n`)
  }

  /** Leaves the terminal as it was before. */
  end(): void {
    if (this.#shown !== '') this.#stream.write('\r\x1b[2K')
    this.#shown = ''
    this.#topic = ''
  }

  #rewrite(text: string): void {
    this.#stream.write(`\r\x1b[2K${text}`)
    this.#shown = text
  }
}
