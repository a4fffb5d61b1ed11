import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { UserError } from '../user-error.ts'
import { IMAGENET, type KnownPreprocess } from './picture-preprocess.ts'
import { readHuggingFaceConfig, readTimmConfig } from './preprocess-config.ts'

/** A pre-processing, and where it was found: a file, a preset, or nowhere. */
export interface FoundPreprocess {
  readonly known: KnownPreprocess
  readonly from: string | null
}

/**
 * What pictures have to go through for a model: the preset that was asked for, else what
 * `preprocessor_config.json` or timm's `config.json` beside the model says.
 */
export async function findPreprocess(model: string, preset: string | undefined): Promise<FoundPreprocess> {
  if (preset !== undefined) {
    if (preset === 'imagenet') return { known: IMAGENET, from: 'imagenet' }
    throw new UserError('usage', `preprocess not found: ${preset}, expected imagenet`)
  }
  for (const folder of foldersOf(model)) {
    const forHuggingFace = join(folder, 'preprocessor_config.json')
    const text = await readIfThere(forHuggingFace)
    if (text !== null) return { known: readHuggingFaceConfig(text, forHuggingFace), from: forHuggingFace }
    const forTimm = join(folder, 'config.json')
    const timm = await readIfThere(forTimm)
    const known = timm === null ? null : readTimmConfig(timm, forTimm)
    if (known) return { known, from: forTimm }
  }
  return { known: {}, from: null }
}

/** Exports of Optimum stand in `onnx/`, below their configuration. */
function foldersOf(model: string): string[] {
  const folder = dirname(model)
  return basename(folder) === 'onnx' ? [folder, dirname(folder)] : [folder]
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EISDIR') return null
    throw new UserError('io', `${path}: cannot be read (${code})`, { cause })
  }
}
