import { explainInputs } from './explain-inputs.ts'
import { openExplainer } from './explainer.ts'
import type { ExplainChoices, Explanation } from './explanation.ts'
import { expectHtmlName, type WrittenPage, writeExplanations } from './html.ts'

export interface ExplainOptions extends ExplainChoices {
  readonly directory: string
  /**
   * What to explain: `test/12` or `train/12` (stored, by id or by row), a picture file, or `F.npy#12`, row
   * 12 of an array of features.
   */
  readonly inputs: readonly string[]
  /** Arrays hold inputs of the model, not features. */
  readonly raw?: boolean
  /** Compare every checksum of the explainer first. */
  readonly verify?: boolean
  /** Write a page with the pictures too. */
  readonly html?: string
}

export interface ExplainAnswer {
  readonly schemaVersion: 1
  readonly explainer: string
  /** Names of the outputs; null where `fit` was given none */
  readonly classes: readonly string[] | null
  readonly explanations: readonly Explanation[]
  /** The page that was written; null where none was asked for */
  readonly page: WrittenPage | null
}

/**
 * Explains each input by the training examples that speak most for and most against the output. Errors:
 * UserError on inputs and outputs that do not exist or do not fit.
 */
export async function explain(options: ExplainOptions): Promise<ExplainAnswer> {
  const { directory, inputs, raw = false, verify = false, html, ...choices } = options
  if (html !== undefined) expectHtmlName(html)
  const explainer = await openExplainer(directory, { verify })
  try {
    const explained = await explainInputs(explainer, inputs, choices, { raw })
    return {
      schemaVersion: 1,
      explainer: directory,
      classes: explainer.manifest.classes,
      explanations: explained.map(({ explanation }) => explanation),
      page: html === undefined ? null : await writeExplanations(explainer, explained, html),
    }
  } finally {
    await explainer.close()
  }
}
