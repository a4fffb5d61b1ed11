import type { TarMember } from '../formats/tar.ts'
import { UserError } from '../user-error.ts'

/** Files of an archive that stand side by side and belong together, by what follows their key. */
export interface Sample {
  /** The path up to the first dot of its last part. */
  readonly key: string
  readonly picture: TarMember
  readonly files: ReadonlyMap<string, TarMember>
}

const PICTURES = ['jpg', 'jpeg', 'png', 'webp']

/**
 * The samples of an archive. Errors: UserError where one has no picture, or a file is there twice.
 * `file` is what messages call the archive.
 */
export function samplesOf(file: string, members: readonly TarMember[]): Sample[] {
  const groups: { key: string; files: Map<string, TarMember> }[] = []
  const seen = new Set<string>()
  for (const member of members) {
    const [key, extension] = split(member.name)
    if (key === null) continue
    if (seen.has(member.name)) {
      throw new UserError('format', `${file}: ${member.name} twice, expected each file once`)
    }
    seen.add(member.name)
    if (groups.at(-1)?.key !== key) groups.push({ key, files: new Map() })
    groups.at(-1)?.files.set(extension, member)
  }
  return groups.map(({ key, files }) => {
    const picture = PICTURES.map(extension => files.get(extension)).find(member => member !== undefined)
    if (picture) return { key, picture, files }
    throw new UserError(
      'format',
      `${file}: ${key}: no picture among ${[...files.keys()].slice(0, 8).join(', ')}, expected ${PICTURES.join(', ')}`,
    )
  })
}

/** `a/000.seg.png` is `a/000` and `seg.png`; hidden files are none of a data set's. */
function split(name: string): [key: string | null, extension: string] {
  const [, folder, base, extension] = /^(.*\/)?([^/.][^/.]*)\.([^/]+)$/s.exec(name) ?? []
  return base === undefined ? [null, ''] : [`${folder ?? ''}${base}`, extension.toLowerCase()]
}

/** Where a sample's label may be, the preferred place first. */
const LABEL_FILES: readonly { readonly extension: string; read(text: string): unknown }[] = [
  { extension: 'cls', read: text => text },
  { extension: 'json', read: readJsonLabel },
  { extension: 'txt', read: text => text },
]

/**
 * The label of a sample: of `.cls`, else of `label` or `cls` in `.json`, else `.txt` where that is all there is
 * beside the picture; an index, a name, or null where it has none. Errors: UserError on what is neither.
 */
export async function labelOf(
  file: string,
  { key, files }: Sample,
  read: (member: TarMember) => Promise<string>,
): Promise<string | number | null> {
  for (const { extension, read: parse } of LABEL_FILES) {
    const member = files.get(extension)
    if (!member || (extension === 'txt' && files.size > 2)) continue
    const label = parse(await read(member))
    if (label === undefined || label === null) continue
    const text = typeof label === 'number' ? String(label) : typeof label === 'string' ? label.trim() : ''
    if (text === '') {
      throw new UserError(
        'value',
        `${file}: ${key}.${extension}: no label in it, expected an index or the name of a class`,
      )
    }
    return /^-?\d+$/.test(text) ? Number(text) : text
  }
  return null
}

/** JSON may say anything of an example; what is none is no label. */
function readJsonLabel(text: string): unknown {
  try {
    const { label, cls } = JSON.parse(text) ?? {}
    return label ?? cls
  } catch {
    return ''
  }
}
