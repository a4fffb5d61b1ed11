import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { UserError } from '../user-error.ts'
import type { PictureDataset } from './picture-dataset.ts'

const PICTURE = /\.(png|jpe?g|webp|tiff?|gif|avif|bmp)$/i

/** Which half of a data set a folder may keep beside the other one. */
export type FolderSplit = 'train' | 'test'

/** How halves are called, in folders and files. */
export const SPLIT_NAMES: { readonly [K in FolderSplit]: readonly string[] } = {
  train: ['train'],
  test: ['test', 'val', 'validation', 'valid'],
}

/**
 * A folder of pictures by class, `class/….png`: classes are its folders in the order of their bytes, as
 * torchvision has them, and so are the pictures within one. Errors: UserError on a folder without classes, or
 * a class without pictures.
 */
export async function readFolder(name: string, split: FolderSplit): Promise<PictureDataset> {
  const root = await splitFolder(name, split)
  const classes = await foldersIn(root)
  if (classes.length === 0) {
    throw new UserError(
      'not-found',
      `${name}: no folders of pictures, expected one for each class, as in ${join(name, 'cat', '1.jpg')}`,
    )
  }
  const paths: string[] = []
  const labels: number[] = []
  for (const [label, name] of classes.entries()) {
    const found = await picturesIn(root, name)
    if (found.length === 0) {
      throw new UserError(
        'not-found',
        `${join(root, name)}: no pictures, expected PNG, JPEG, WebP, TIFF, GIF or AVIF, fill or remove the folder`,
      )
    }
    for (const path of found) {
      paths.push(path)
      labels.push(label)
    }
  }
  return {
    kind: 'pictures',
    name,
    count: paths.length,
    labels: Int32Array.from(labels),
    values: null,
    classes,
    ids: paths,
    source: { kind: 'folder', path: resolve(root) },
    paths,
    file: async row => ({ name: join(root, paths[row]), content: null }),
  }
}

/** `DIR/train` for training where DIR holds nothing but such halves, each with folders of its own. */
async function splitFolder(root: string, split: FolderSplit): Promise<string> {
  const folders = await foldersIn(root)
  const known = Object.values(SPLIT_NAMES).flat()
  if (folders.length < 2 || !folders.includes('train') || !folders.every(name => known.includes(name)))
    return root
  const half = SPLIT_NAMES[split].find(name => folders.includes(name))
  if (half === undefined || (await foldersIn(join(root, half))).length === 0) return root
  return join(root, half)
}

/** Hidden files are none of a data set's. */
async function entriesOf(path: string): Promise<Dirent[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(cause => {
    const { code } = cause as NodeJS.ErrnoException
    throw new UserError('io', `${path}: cannot be read (${code}), check who may read it`, { cause })
  })
  return entries
    .filter(entry => !entry.name.startsWith('.'))
    .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
}

/** Links count as what they lead to. */
async function foldersIn(root: string): Promise<string[]> {
  const folders: string[] = []
  for (const entry of await entriesOf(root)) {
    const isFolder = entry.isSymbolicLink() ? await isDirectory(join(root, entry.name)) : entry.isDirectory()
    if (isFolder) folders.push(entry.name)
  }
  return folders
}

/** Paths below the root with '/', first those in the folder itself; folders that are links are not entered. */
async function picturesIn(root: string, folder: string): Promise<string[]> {
  const entries = await entriesOf(join(root, folder))
  const here = entries.filter(entry => !entry.isDirectory() && PICTURE.test(entry.name))
  const paths = here.map(entry => `${folder}/${entry.name}`)
  for (const entry of entries) {
    if (entry.isDirectory()) paths.push(...(await picturesIn(root, `${folder}/${entry.name}`)))
  }
  return paths
}

export async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false
}
