import type { OpenAPIHono } from '@hono/zod-openapi'
import { html } from '../views/html.ts'
import { page } from '../views/page.ts'

/** A file of the web application. */
export interface WebFile {
  readonly content: Uint8Array<ArrayBuffer>
  /** The same compressed; null where that makes it no smaller */
  readonly gzip: Uint8Array<ArrayBuffer> | null
  readonly type: string
}

/** All of its files, by their paths below its folder: nothing else can be asked for. */
export type WebFiles = ReadonlyMap<string, WebFile>

/** Names of these have a hash of the content in them. */
const HASHED = 'assets/'

/** The web application's files, and its page for every address of its own. */
export function webRoutes(app: OpenAPIHono, files: WebFiles | null): void {
  app.get('*', async (c, next) => {
    if (c.req.path.startsWith('/api/')) return next()
    if (files === null) return c.html(notBuilt, 503)
    const path = c.req.path.slice(1)
    const known = files.get(path)
    // An address without an ending is a screen's, all of which stand beside the page: it names its files so.
    const isScreen = !/\.\w+$/.test(path)
    if (known === undefined && isScreen && path.includes('/')) return c.html(nowhere(path), 404)
    const file = known ?? (isScreen ? files.get('index.html') : undefined)
    if (file === undefined) return next()
    const isGzip = file.gzip !== null && /\bgzip\b/.test(c.req.header('accept-encoding') ?? '')
    return new Response(isGzip ? file.gzip : file.content, {
      headers: {
        'content-type': file.type,
        'cache-control':
          known && path.startsWith(HASHED) ? 'private, max-age=31536000, immutable' : 'no-cache',
        vary: 'accept-encoding',
        ...(isGzip && { 'content-encoding': 'gzip' }),
      },
    })
  })
}

/** The page of an address below those of the screens. */
const nowhere = (path: string): string =>
  page({
    title: 'representer: no such page',
    body: html`<h1>No such page</h1>
<p class="lead">Nothing stands at <code>/${path}</code>.</p>
<p><a href="${'../'.repeat(path.split('/').length - 1)}">Go to the overview</a></p>`,
  })

const notBuilt = page({
  title: 'representer: the web application is not built',
  body: html`<h1>The web application is not built</h1>
<p class="lead">The server runs and answers under <code>/api/v1</code>, but has no pages to show.</p>
<p>Run <code>npm run build</code> in the folder of representer, then start <code>representer serve</code> again.</p>`,
})
