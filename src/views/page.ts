import { type Html, html, rawHtml } from './html.ts'
import { STYLE } from './page-style.ts'

/** No request leaves the page, and no script runs in it. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"

interface Page {
  readonly title: string
  readonly body: Html
  /** What it has beside the style of every page */
  readonly style?: string
}

/** A complete document around a body that begins with its own h1. */
export function page({ title, body, style = '' }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${rawHtml(STYLE + style)}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`.toString()
}
