import { UserError } from '../user-error.ts'
import { besideModel, type FoundFile } from './beside-model.node.ts'

/** Names of a model's outputs, and the file that has them. */
export interface OutputNames {
  readonly names: readonly string[]
  readonly from: string
}

/** What Hugging Face calls an output that nobody named. */
const UNNAMED = /^LABEL_\d+$/

/**
 * What a model's c outputs are called, as `config.json` (Hugging Face's `id2label`) or `classes.json` (an
 * array) beside it says; null where neither names c outputs. Errors: UserError `format` on a damaged file.
 */
export async function findOutputNames(model: string, c: number): Promise<OutputNames | null> {
  const readers = { 'config.json': namesOfConfig, 'classes.json': namesOfArray }
  for (const [name, read] of Object.entries(readers)) {
    for (const file of await besideModel(model, name)) {
      const names = read(parse(file), c)
      if (names) return { names, from: file.path }
    }
  }
  return null
}

function parse({ text, path }: FoundFile): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UserError(
      'format',
      `${path}: no JSON, expected what the model says of itself, repair or remove it`,
      {
        cause,
      },
    )
  }
}

/** `{"id2label": {"0": "cat", "1": "dog"}}` */
function namesOfConfig(config: unknown, c: number): string[] | null {
  const labels = (config as { readonly id2label?: unknown } | null)?.id2label
  if (typeof labels !== 'object' || labels === null || Object.keys(labels).length !== c) return null
  const byIndex = labels as { readonly [index: string]: unknown }
  const names = namesOfArray(
    Array.from({ length: c }, (_, j) => byIndex[j]),
    c,
  )
  return names?.every(name => UNNAMED.test(name)) ? null : names
}

function namesOfArray(names: unknown, c: number): string[] | null {
  if (!Array.isArray(names) || names.length !== c) return null
  return names.every(name => typeof name === 'string') ? names : null
}
