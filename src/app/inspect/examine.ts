import { firstLine } from '../../runtime/first-line.ts'

/** Something that is looked at to say whether a machine will do. */
export interface Check {
  readonly name: string
  /** Whether `fit` cannot do without it. */
  readonly needed: boolean
  /** What to do where it fails. */
  readonly remedy: string
  /** Answers what was found; throws what is wrong. */
  readonly look: () => Promise<string> | string
}

/** What became of a check: `failed` where `fit` needs what is wrong, `warning` where it does not. */
export interface Checked {
  readonly name: string
  readonly status: 'ok' | 'warning' | 'failed'
  /** What was found, in a line. */
  readonly found: string
  /** What to do about it; null where all is well. */
  readonly remedy: string | null
}

/** Looks at one thing. Whatever goes wrong is a finding. */
export async function examine({ name, needed, remedy, look }: Check): Promise<Checked> {
  try {
    return { name, status: 'ok', found: await look(), remedy: null }
  } catch (error) {
    return { name, status: needed ? 'failed' : 'warning', found: firstLine(error), remedy }
  }
}
