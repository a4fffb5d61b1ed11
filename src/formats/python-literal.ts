/** What the header of an .npy file is made of; a tuple and a list both come as an array. */
export type PythonLiteral = string | number | boolean | PythonLiteral[] | Map<string, PythonLiteral>

/** The header of a structured dtype nests a few levels; deeper ones are nobody's. */
const maxDepth = 16

const whitespace = /\s*/y
const number = /-?\d+/y
const string = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"/y

/**
 * Parses a Python literal made of dicts with string keys, tuples, lists, strings, integers, True and False:
 * `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`. Throws a SyntaxError on anything else.
 */
export function parsePythonLiteral(text: string): PythonLiteral {
  let at = 0

  function match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found) at = pattern.lastIndex
    return found
  }

  /** Steps over `token` and the white space before it, if it comes next. */
  function take(token: string): boolean {
    match(whitespace)
    if (!text.startsWith(token, at)) return false
    at += token.length
    return true
  }

  function expect(token: string): void {
    if (!take(token)) throw new SyntaxError(`expected ${token} at character ${at}`)
  }

  function takeString(): string | undefined {
    match(whitespace)
    const found = match(string)
    return found ? (found[1] ?? found[2]) : undefined
  }

  function value(depth: number): PythonLiteral {
    if (depth > maxDepth) throw new SyntaxError('too deeply nested')
    if (take('{')) return dict(depth)
    if (take('(')) return sequence(')', depth)
    if (take('[')) return sequence(']', depth)
    if (take('True')) return true
    if (take('False')) return false
    const word = takeString()
    if (word !== undefined) return word
    const digits = match(number)
    if (!digits) throw new SyntaxError(`expected a value at character ${at}`)
    // Python 2 wrote long integers with a suffix.
    take('L')
    return Number(digits[0])
  }

  function dict(depth: number): Map<string, PythonLiteral> {
    const entries = new Map<string, PythonLiteral>()
    while (!take('}')) {
      const key = takeString()
      if (key === undefined) throw new SyntaxError(`expected a key at character ${at}`)
      if (entries.has(key)) throw new SyntaxError(`${key} twice`)
      expect(':')
      entries.set(key, value(depth + 1))
      if (take('}')) break
      expect(',')
    }
    return entries
  }

  function sequence(close: ')' | ']', depth: number): PythonLiteral {
    const items: PythonLiteral[] = []
    while (!take(close)) {
      items.push(value(depth + 1))
      if (take(close)) {
        // In Python (3) is a number and (3,) a tuple.
        return close === ')' && items.length === 1 ? items[0] : items
      }
      expect(',')
    }
    return items
  }

  const result = value(0)
  match(whitespace)
  if (at < text.length) throw new SyntaxError(`unexpected ${text[at]} at character ${at}`)
  return result
}
