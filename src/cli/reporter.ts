import type { WrittenPage } from '../app/show/html.ts'
import { errorColour } from './colour.ts'
import { writeOut } from './stdout.node.ts'
import { printable } from './text.ts'

/** How a verb's answer reaches whoever called: as text, or as one JSON document, on stdout alone. */
export interface Reporter {
  answer<T>(answer: T, text: (answer: T) => string): void
  /** Text that is a format of its own, as it is. */
  text(text: string): void
  /** Says on stderr what else there is to know, a line each. */
  notes(sentences: readonly string[]): void
  /** Says on stderr which page was written, and what could not be shown on it. */
  page(page: WrittenPage | null): void
}

export function reporter({ json, quiet }: { json: boolean; quiet: boolean }): Reporter {
  return {
    answer: (answer, text) => {
      writeOut(`${json ? JSON.stringify(answer, null, 2) : text(answer)}\n`)
    },
    text: text => {
      writeOut(text)
    },
    notes: sentences => {
      if (quiet) return
      for (const sentence of sentences)
        process.stderr.write(`${errorColour.yellow('note')}: ${printable(sentence)}\n`)
    },
    page: page => {
      if (quiet || page === null) return
      const { file, missing } = page
      for (const sentence of missing) {
        process.stderr.write(`${errorColour.yellow('note')}: shown without pictures: ${sentence}\n`)
      }
      process.stderr.write(`page written: ${file}\n`)
    },
  }
}
