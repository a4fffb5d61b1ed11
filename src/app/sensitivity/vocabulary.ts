import * as z from 'zod/mini'
import { readFileBytes } from '../../formats/files.node.ts'
import { checkSchema } from '../../formats/schema.ts'
import { UserError } from '../../user-error.ts'

/** Tokens by their ids. */
export type Vocabulary = ReadonlyMap<number, string>

/**
 * Reads what ids of tokens mean from a `tokenizer.json` as Hugging Face writes it (WordPiece, BPE and Unigram alike),
 * or from a text file with a token a line. Errors: UserError where it is neither.
 */
export async function readVocabulary(path: string): Promise<Vocabulary> {
  const bytes = await readFileBytes(path)
  const text = new TextDecoder().decode(await bytes.slice(0, bytes.byteLength))
  if (!text.trimStart().startsWith('{')) return new Map(text.split(/\r?\n/).entries())
  const checked = checkSchema(tokenizerSchema, parsed(text, path))
  if ('wrong' in checked) {
    throw new UserError('format', `${path}: ${checked.wrong}, expected a tokenizer.json, check the path`)
  }
  const { model, added_tokens: added } = checked.data
  const tokens = Array.isArray(model.vocab)
    ? model.vocab.map(([token], id): [number, string] => [id, token])
    : Object.entries(model.vocab).map(([token, id]): [number, string] => [id, token])
  return new Map([...tokens, ...(added ?? []).map(({ id, content }): [number, string] => [id, content])])
}

const id = z.int().check(z.nonnegative())

/** What is read of it: Unigram has a list of tokens with their scores, all others an id a token. */
const tokenizerSchema = z.object({
  model: z.object({
    vocab: z.union([z.record(z.string(), id), z.array(z.tuple([z.string()], z.unknown()))]),
  }),
  added_tokens: z.optional(z.nullable(z.array(z.object({ id, content: z.string() })))),
})

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UserError('format', `${path}: no JSON, expected a tokenizer.json, check the path`, { cause })
  }
}
