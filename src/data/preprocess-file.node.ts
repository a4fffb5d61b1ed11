import { UserError } from '../user-error.ts'
import { besideModel } from './beside-model.node.ts'
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
  const [forHuggingFace] = await besideModel(model, 'preprocessor_config.json')
  if (forHuggingFace) {
    const { path, text } = forHuggingFace
    return { known: readHuggingFaceConfig(text, path), from: path }
  }
  for (const { path, text } of await besideModel(model, 'config.json')) {
    const known = readTimmConfig(text, path)
    if (known) return { known, from: path }
  }
  return { known: {}, from: null }
}
