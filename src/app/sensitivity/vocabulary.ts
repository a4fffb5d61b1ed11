import { readFileBytes } from '../../formats/files.node.ts'
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
  const { model, added_tokens: added = [] } = parsed(text, path)
  const listed = model?.vocab
  if (typeof listed !== 'object' || listed === null) {
    throw new UserError('format', `${path}: no model.vocab, expected a tokenizer.json, check the path`)
  }
  const tokens = Array.isArray(listed)
    ? listed.map((entry, id): [number, string] => [id, String(entry[0])])
    : Object.entries(listed).map(([token, id]): [number, string] => [Number(id), token])
  return new Map([...tokens, ...added.map(({ id, content }): [number, string] => [id, content])])
}

interface TokenizerFile {
  readonly model?: {
    readonly vocab?: Readonly<Record<string, number>> | readonly (readonly [string, number])[]
  }
  readonly added_tokens?: readonly { readonly id: number; readonly content: string }[]
}

function parsed(text: string, path: string): TokenizerFile {
  try {
    return JSON.parse(text) as TokenizerFile
  } catch (cause) {
    throw new UserError('format', `${path}: no JSON, expected a tokenizer.json, check the path`, { cause })
  }
}
