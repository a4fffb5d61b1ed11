import * as z from 'zod/mini'

/** Everything that decides what is extracted, by name; with another key nothing is used again. */
export type JournalKey = Readonly<Record<string, unknown>>

const count = z.int().check(z.nonnegative())

const keyLine = z.object({ key: z.record(z.string(), z.unknown()) })

const skippedRow = z.object({ row: count, path: z.string(), reason: z.string() })

/** A row that could not be read; its numbers stand for nothing. */
export type SkippedRow = Readonly<z.infer<typeof skippedRow>>

const blockLine = z.object({
  /** The first of its rows, and the one behind the last. */
  from: count,
  to: count,
  skipped: z.array(skippedRow),
  /** Of the key, what else this line says, and the numbers of the rows. */
  sha256: z.string(),
})

/** A line of a journal: rows that are whole on the disk. */
export type JournalBlock = Readonly<z.infer<typeof blockLine>>

/** What a journal says, as far as it can be read. */
export interface ParsedJournal {
  readonly key: JournalKey
  /** Each block, and where its line ends, in bytes. */
  readonly lines: readonly { readonly block: JournalBlock; readonly end: number }[]
}

export function journalLine(line: { readonly key: JournalKey } | JournalBlock): string {
  return `${JSON.stringify(line)}\n`
}

/** Reads a journal up to the first line that is torn or none of a journal's; null where that is its key. */
export function parseJournal(content: Uint8Array): ParsedJournal | null {
  const texts = wholeLines(content)
  const head = keyLine.safeParse(parseJson(texts.next().value?.text))
  if (!head.success) return null
  const lines: { block: JournalBlock; end: number }[] = []
  for (const { text, end } of texts) {
    const parsed = blockLine.safeParse(parseJson(text))
    if (!parsed.success) break
    lines.push({ block: parsed.data, end })
  }
  return { key: head.data.key, lines }
}

/** The names under which two keys say something else. */
export function differences(a: JournalKey, b: JournalKey): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].filter(name => JSON.stringify(a[name]) !== JSON.stringify(b[name]))
}

const NEWLINE = 0x0a

function* wholeLines(content: Uint8Array): Generator<{ text: Uint8Array; end: number }, undefined> {
  let start = 0
  for (let at = content.indexOf(NEWLINE); at >= 0; at = content.indexOf(NEWLINE, start)) {
    yield { text: content.subarray(start, at), end: at + 1 }
    start = at + 1
  }
}

function parseJson(text: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(text))
  } catch {
    return undefined
  }
}
