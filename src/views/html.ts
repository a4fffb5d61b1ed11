/** Text that is HTML already. Made by `html` and `rawHtml` only, so anything else is escaped. */
export class Html {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }
}

/** What a template takes: nothing is written for null, undefined and false; arrays are joined. */
export type Interpolated = Html | string | number | null | undefined | false | readonly Interpolated[]

/**
 * A template of HTML or SVG that escapes every value which is not `Html`. Values go into text and into
 * quoted attributes; never into names, scripts or styles.
 *
 * @example html`<p title="${id}">${label}</p>`
 */
export function html(parts: TemplateStringsArray, ...values: readonly Interpolated[]): Html {
  return new Html(parts.reduce((text, part, i) => text + written(values[i - 1]) + part))
}

/** Trusts a text of our own, such as a style sheet, to be HTML. */
export function rawHtml(text: string): Html {
  return new Html(text)
}

function written(value: Interpolated): string {
  if (value === null || value === undefined || value === false) return ''
  if (Array.isArray(value)) return value.map(written).join('')
  return value instanceof Html ? value.toString() : escaped(String(value))
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Also drops what HTML has no place for: control characters and halves of surrogate pairs. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, character => ENTITIES[character]).replace(UNPRINTABLE, '\ufffd')
}

const UNPRINTABLE = /[^\P{Cc}\t\n]|\p{Cs}/gu
