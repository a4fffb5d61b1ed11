const VOID = new Set([
  'area',
  'base',
  'br',
  'col',
  'embed',
  'hr',
  'img',
  'input',
  'link',
  'meta',
  'source',
  'wbr',
])
const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-zA-Z][a-zA-Z0-9:-]*="[^"<>]*")*)\s*(\/?)>/y

export interface Page {
  /** Tags in the order they open, with their attributes. */
  readonly elements: readonly { readonly name: string; readonly attributes: ReadonlyMap<string, string> }[]
  /** What is read outside of tags and style. */
  readonly text: string
}

/**
 * Reads HTML by stricter rules than a browser's: every element is closed in order, every attribute quoted,
 * no < or > stands in text. Throws where a rule is broken.
 */
export function readHtml(html: string): Page {
  const body = html.replace(/^<!doctype html>\n/, '').replace(/(<style>)[^<]*(<\/style>)/, '$1$2')
  const open: string[] = []
  const elements: { name: string; attributes: Map<string, string> }[] = []
  let text = ''
  let at = 0
  while (at < body.length) {
    const next = body.indexOf('<', at)
    const piece = body.slice(at, next < 0 ? body.length : next)
    if (/>|&(?!(?:amp|lt|gt|quot|#39);)/.test(piece)) throw new Error(`not escaped: ${piece}`)
    text += piece
    if (next < 0) break
    TAG.lastIndex = next
    const tag = TAG.exec(body)
    if (!tag) throw new Error(`no tag: ${body.slice(next, next + 80)}`)
    const [all, closing, name, attributes, selfClosing] = tag
    if (closing) {
      const expected = open.pop()
      if (expected !== name) throw new Error(`closes ${name}, expected ${expected}`)
    } else {
      elements.push({ name, attributes: attributesOf(attributes) })
      if (!VOID.has(name) && !(selfClosing && open.includes('svg'))) open.push(name)
    }
    at = next + all.length
  }
  if (open.length > 0) throw new Error(`left open: ${open.join(', ')}`)
  return { elements, text }
}

function attributesOf(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/([a-zA-Z][a-zA-Z0-9:-]*)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  )
}
