import { UserError } from '../../user-error.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { ExplainChoices, ExplainedInput } from '../explainer/explanation.ts'
import type { SplitName } from '../explainer/stored-splits.ts'
import { isFileName } from './input-names.ts'

/** Explains inputs as the command line names them; see `ExplainOptions.inputs`. */
export async function explainInputs(
  explainer: Explainer,
  inputs: readonly string[],
  choices: ExplainChoices,
  { raw = false }: { raw?: boolean } = {},
): Promise<ExplainedInput[]> {
  expectInputs(inputs)
  const explained: ExplainedInput[] = []
  for (const input of inputs) {
    explained.push(
      (await explainStored(explainer, input, choices)) ??
        // Readers of pictures and tables, which stored examples do without.
        (await (await import('./files.ts')).explainFile(explainer, input, choices, raw)),
    )
  }
  return explained
}

/** Errors: UserError where nothing is named. */
export function expectInputs(inputs: readonly string[]): void {
  if (inputs.length > 0) return
  throw new UserError(
    'usage',
    'nothing to explain: expected test/12, train/12, a picture, F.npy#12, or --all-test',
  )
}

/** Explains a stored example; null where the name may be of a file instead. */
async function explainStored(
  explainer: Explainer,
  input: string,
  choices: ExplainChoices,
): Promise<ExplainedInput | null> {
  const place = await findStored(explainer, input)
  if (place === null) return null
  const explanation = await explainer.explainStored(place.split, place.row, choices)
  return { explanation: { ...explanation, input }, picture: place }
}

/**
 * The example that `train/…` or `test/…` names, by its id, else by its row; null where it may be a file instead.
 * Errors: UserError where there is none.
 */
export async function findStored(
  explainer: Explainer,
  input: string,
): Promise<{ readonly split: SplitName; readonly row: number } | null> {
  const [, split, name] = /^(train|test)\/(.+)$/.exec(input) ?? []
  if (split !== 'train' && split !== 'test') return null
  if (isFileName(input) && split === 'test' && explainer.manifest.tests === 0) return null
  const { ids } = await explainer.examplesOf(split)
  const whole = ids.indexOf(input)
  const byId = whole >= 0 ? whole : ids.indexOf(name)
  if (byId < 0 && isFileName(input)) return null
  if (byId < 0 && !/^\d+$/.test(name)) {
    throw new UserError(
      'not-found',
      `example not found: ${input}, expected a row, 0 to ${ids.length - 1}, or an id such as ${ids.at(0)}`,
    )
  }
  return { split, row: byId < 0 ? Number(name) : byId }
}
