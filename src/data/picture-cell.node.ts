import type { PictureFile } from '../formats/picture.ts'
import { UserError } from '../user-error.ts'
import { inside } from './inside.node.ts'

/** `data:image/png;base64,…` */
const DATA_URL = /^data:[^,]{0,200};base64,/i
const URL_SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i
/** Base64 has no dots, which names of pictures have. */
const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/

/**
 * A picture as a table may hold it: its bytes, a struct with `bytes` and `path`, base64, a data URL, or a path
 * below `folder`. `name` is what messages call it. Errors: UserError, also on the URL of another machine, which
 * nothing here follows.
 */
export function pictureInCell(value: unknown, folder: string, name: string): PictureFile {
  if (value instanceof Uint8Array) return { name, content: value }
  if (typeof value === 'string') return pictureInText(value, folder, name)
  const { bytes, path } = (value ?? {}) as { readonly bytes?: unknown; readonly path?: unknown }
  if (bytes instanceof Uint8Array) return { name, content: bytes }
  if (typeof bytes === 'string' && bytes !== '') return pictureInText(bytes, folder, name)
  if (typeof path === 'string' && path !== '') return pictureInText(path, folder, name)
  throw new UserError('format', `${name}: no bytes of a picture, expected them in the table`)
}

function pictureInText(text: string, folder: string, name: string): PictureFile {
  const prefix = DATA_URL.exec(text)?.[0]
  if (prefix !== undefined) return { name, content: fromBase64(text.slice(prefix.length)) }
  if (URL_SCHEME.test(text)) {
    throw new UserError(
      'format',
      `${name}: a picture at ${text.slice(0, 200)}, expected its bytes or a file beside the table, download it first`,
    )
  }
  if (BASE64.test(text)) return { name, content: fromBase64(text) }
  return { name: inside(folder, text), content: null }
}

const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))
