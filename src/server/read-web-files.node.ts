import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { WebFile, WebFiles } from './web-files.ts'

/** What the application is made of; files of other types are not served. */
const TYPES: { readonly [extension: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
}

/** Where the build puts it, beside the folder of the program. */
const BUILT = fileURLToPath(new URL('../web/', import.meta.url))

/** Reads the whole application, links left out; null where it is not built. */
export async function readWebFiles(folder = BUILT): Promise<WebFiles | null> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = new Map<string, WebFile>()
  for (const entry of found) {
    const type = TYPES[extname(entry.name)]
    if (!entry.isFile() || type === undefined) continue
    const path = join(entry.parentPath, entry.name)
    const content = new Uint8Array(await readFile(path))
    const gzip = new Uint8Array(gzipSync(content))
    files.set(relative(folder, path).split(sep).join('/'), {
      content,
      gzip: gzip.length < content.length ? gzip : null,
      type,
    })
  }
  return files.has('index.html') ? files : null
}
