import { readFile } from 'node:fs/promises'
import { UserError } from '../../user-error.ts'

/**
 * Names of things in their order: a JSON array (.json), else one name a line. Errors: UserError where the
 * file is missing, names one twice, or holds another number of names than `count` (null: any).
 */
export async function readNames(path: string, count: number | null, things: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(cause => {
    throw new UserError('not-found', `${path}: cannot be read, expected ${things} names, check the path`, {
      cause,
    })
  })
  const names = path.endsWith('.json') ? parseArray(text, path) : text.replace(/\r?\n$/, '').split(/\r?\n/)
  if (count !== null && names.length !== count) {
    throw new UserError('shape', `${path}: ${names.length} names, expected ${count}, one for each ${things}`)
  }
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) throw new UserError('value', `${path}: "${name}" twice, expected each name once`)
    seen.add(name)
  }
  return names
}

function parseArray(text: string, path: string): string[] {
  try {
    const names: unknown = JSON.parse(text)
    if (Array.isArray(names)) return names.map(String)
  } catch {
    // The sentence below says it for both.
  }
  throw new UserError('format', `${path}: no JSON array, expected ["name", …]`)
}
