/** How a verb's answer reaches whoever called: as text, or as one JSON document, on stdout alone. */
export interface Reporter {
  answer<T>(answer: T, text: (answer: T) => string): void
  /** Text that is a format of its own, as it is. */
  text(text: string): void
  /** For people, on stderr. */
  note(message: string): void
}

export function reporter({ json, quiet }: { json: boolean; quiet: boolean }): Reporter {
  return {
    answer: (answer, text) => {
      process.stdout.write(`${json ? JSON.stringify(answer, null, 2) : text(answer)}\n`)
    },
    text: text => {
      process.stdout.write(text)
    },
    note: message => {
      if (!quiet) process.stderr.write(`${message}\n`)
    },
  }
}
