import { argmax } from '../../math/matrix.ts'
import type { Manifest } from '../../store/manifest.ts'
import { UserError } from '../../user-error.ts'
import type { ExplainChoices } from './explanation.ts'
import type { Names } from './names.ts'

/** Which output is explained, and the one that it is set against; null where it stands alone. */
export interface ChosenOutput {
  readonly output: number
  readonly contrast: number | null
}

/** What choices are about. */
interface Chosen {
  readonly names: Names
  readonly manifest: Manifest
  /** [c] */
  readonly logits: ArrayLike<number>
  readonly label: number | null
  /** What messages call the query. */
  readonly input: string
}

/** Errors: UserError on outputs that do not exist, and on contrasts that are none. */
export function chooseOutput({ output, contrast }: ExplainChoices, chosen: Chosen): ChosenOutput {
  if (!contrast) return { output: indexOf(output ?? 'predicted', chosen), contrast: null }
  const { input, logits, names } = chosen
  if (output !== undefined) {
    throw new UserError('usage', `${input}: output and contrast, expected one of them, leave one out`)
  }
  const [a, b] = contrast.map(name => indexOf(name, chosen))
  if (logits.length === 1) {
    throw new UserError('usage', `${input}: contrast over one output, expected two, leave it out`)
  }
  if (a === b && contrast.includes('label') && contrast.includes('predicted')) {
    throw new UserError('usage', `${input}: predicted as its label says, expected another contrast`)
  }
  if (a === b) {
    throw new UserError('usage', `${input}: contrast of ${names.output(a)} with itself, expected two outputs`)
  }
  return { output: a, contrast: b }
}

/** `predicted`, the largest, or `label`, else by name or index. */
function indexOf(name: number | string, { names, manifest, logits, label, input }: Chosen): number {
  if (name === 'predicted') return argmax(logits)
  if (name !== 'label') return names.outputIndex(name)
  if (manifest.task !== 'classification') {
    throw new UserError('usage', `${input}: no output stands for a label here, expected one by name or index`)
  }
  if (label !== null) return logits.length === 1 ? 0 : label
  throw new UserError('usage', `${input}: its label is not known, expected another output than label`)
}
