import { toMatrix } from '../../data/arrays.ts'
import { openArrays, readArray } from '../../data/read-array.ts'
import { rowOf } from '../../math/matrix.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { ExplainChoices, ExplainedInput } from '../explainer/explanation.ts'
import { expectRow, readInput, tableChoice } from './read-input.ts'

/** Explains a row of an array or table, `F.npy#12`, or a picture. */
export async function explainFile(
  explainer: Explainer,
  input: string,
  choices: ExplainChoices,
  raw: boolean,
): Promise<ExplainedInput> {
  const [, path, row] = /^(.+)#(\d+)$/.exec(input) ?? []
  if (path !== undefined && row !== undefined && !raw && !(await isLikeTraining(explainer, path))) {
    return explainFeatures(explainer, path, Number(row), choices)
  }
  const { pixels, kind, picture } = await readInput(explainer, input)
  const { features, logits } = await explainer.runNetwork(pixels, input, kind)
  return { explanation: explainer.explain(features, choices, { input, givenLogits: logits }), picture }
}

/** Whether a file is a table as a network was given in training: then its columns are inputs, not features. */
async function isLikeTraining({ manifest }: Explainer, path: string): Promise<boolean> {
  if (manifest.network === null || manifest.sources.train?.kind !== 'table') return false
  return (await openArrays(path)).table !== null
}

async function explainFeatures(
  explainer: Explainer,
  path: string,
  row: number,
  choices: ExplainChoices,
): Promise<ExplainedInput> {
  const features = toMatrix(await readArray(path, 'features', tableChoice(explainer)), path)
  expectRow(path, row, features.rows)
  const explanation = explainer.explain(rowOf(features, row), choices, { input: `${path}#${row}` })
  return { explanation, picture: null }
}
