import fc from 'fast-check'
import { expect, test } from 'vitest'
import { html } from '../../src/views/html.ts'
import { readHtml } from './well-formed.ts'

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('<', '>', '"', "'", '&', '/', 'script', ' ', 'onload=', '\0', '\ud800', '`'),
  }),
)

const unescaped = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')

test('a value never becomes markup, and reads back as it was', () => {
  fc.assert(
    fc.property(anyText, anyText, (title, text) => {
      const page = readHtml(html`<p title="${title}">${text}</p>`.toString())
      expect(page.elements.map(({ name }) => name)).toEqual(['p'])
      const printable = (x: string): string => x.replace(/[^\P{Cc}\t\n]|\p{Cs}/gu, '\ufffd')
      expect(unescaped(page.text)).toBe(printable(text))
      expect(unescaped(page.elements[0].attributes.get('title') ?? '')).toBe(printable(title))
    }),
  )
})

test('templates nest, arrays are joined, and what is absent is not written', () => {
  const items = ['a', '<b>'].map(item => html`<li>${item}</li>`)
  const absent: null | undefined | false = null
  expect(html`<ol>${items}${absent}${undefined}${false}${0}</ol>`.toString()).toBe(
    '<ol><li>a</li><li>&lt;b&gt;</li>0</ol>',
  )
})

test('an object that says it is HTML is not', () => {
  const impostor = { toString: () => '<script>' } as unknown as string
  expect(html`${impostor}`.toString()).toBe('&lt;script&gt;')
})
