import type { Pictures } from '../../data/shown-pictures.node.ts'
import { encodePng } from '../../formats/images.node.ts'
import type { Picture } from '../../formats/picture.ts'
import { UserError } from '../../user-error.ts'
import type {
  ExplanationView,
  NamedExample,
  ShownContribution,
  ShownExample,
  ShownPicture,
  SuspectView,
} from '../../views/view-data.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { Entry, ExplainedInput } from '../explainer/explanation.ts'
import type { Speaker, Speakers } from '../explainer/speakers.ts'
import type { SplitName } from '../explainer/stored-splits.ts'
import { labelWords, type Suspect } from '../explainer/suspect.ts'
import { openStoredPictures } from './stored-pictures.ts'

/** A suspect with the examples that speak for its label and against it, where these are known. */
export type SpokenOf = Suspect & { readonly speakers: Speakers | null }

/**
 * Turns answers into what views show: names for indices, and the pictures of the examples, read from the
 * files that the examples came from. Where these are gone, pages are made without, and `missing` says so.
 */
export class Shown {
  readonly #explainer: Explainer
  readonly #opened = new Map<SplitName, Promise<Pictures>>()
  readonly #missing = new Set<string>()

  constructor(explainer: Explainer) {
    this.#explainer = explainer
  }

  /** Files of examples that could not be read again. */
  get missing(): readonly string[] {
    return [...this.#missing]
  }

  async explanation({ explanation, picture }: ExplainedInput): Promise<ExplanationView> {
    const { input, label, predicted, output, contrast, byClass, fittedPrediction } = explanation
    const { n, groups } = this.#explainer.manifest
    const { names } = this.#explainer
    return {
      input: {
        name: input,
        picture: await this.#inputPicture(picture),
        label: this.#label(label, explanation.labelValue, output),
        predicted: this.#prediction(predicted),
      },
      output: names.output(output),
      contrast: contrast === null ? null : names.output(contrast),
      givenLogit: explanation.givenLogit,
      logit: explanation.logit,
      bias: explanation.bias,
      fittedPrediction: this.#prediction(fittedPrediction),
      covered: explanation.covered,
      byClass,
      groups,
      completenessGap: explanation.completenessGap,
      read: explanation.read,
      n,
      excitatory: await this.#contributions(explanation.excitatory, output),
      inhibitory: await this.#contributions(explanation.inhibitory, output),
    }
  }

  async suspect(suspect: SpokenOf): Promise<SuspectView> {
    const { rank, row, suspicion, label, suggested, speakers } = suspect
    const { manifest, names } = this.#explainer
    const words = (label: number) => labelWords({ ...manifest, outputs: names.outputs }, suspect, label)
    const named = ({ id, label, labelValue }: Speaker): NamedExample => ({
      id,
      label: this.#label(label, labelValue, suspect.output ?? 0),
    })
    return {
      rank,
      example: await this.#example(row),
      given: words(label),
      suggested: words(suggested),
      suspicion,
      speakers: speakers && { for: speakers.for.map(named), against: speakers.against.map(named) },
    }
  }

  #contributions(entries: readonly Entry[], output: number): Promise<ShownContribution[]> {
    return Promise.all(
      entries.map(async ({ row, labelValue, value, alpha, similarity }) => ({
        ...(await this.#example(row, labelValue, output)),
        value,
        alpha,
        similarity,
      })),
    )
  }

  async #example(row: number, labelValue: number | null = null, output = 0): Promise<ShownExample> {
    const { ids, labels, predicted } = this.#explainer.examples
    return {
      id: ids.at(row),
      row,
      picture: await this.#storedPicture('train', row),
      label: this.#label(labels?.[row] ?? null, labelValue, output),
      predicted: this.#prediction(predicted[row]),
    }
  }

  /** A class, or the label of an output in words. */
  #label(label: number | null, labelValue: number | null, output: number): string | null {
    const { names, manifest } = this.#explainer
    if (label !== null) return names.class(label)
    if (labelValue === null) return null
    return labelWords({ ...manifest, outputs: names.outputs }, { output }, labelValue)
  }

  /** The class that is predicted; null where outputs are no classes. */
  #prediction(predicted: number): string | null {
    const { names, manifest } = this.#explainer
    return manifest.task === 'classification' ? names.class(predicted) : null
  }

  async #inputPicture(picture: ExplainedInput['picture']): Promise<ShownPicture | null> {
    if (picture === null) return null
    return 'split' in picture ? this.#storedPicture(picture.split, picture.row) : shownPicture(picture)
  }

  async #storedPicture(split: SplitName, row: number): Promise<ShownPicture | null> {
    const pictures = await this.#pictures(split)
    const picture = await this.#orMissing(() => pictures(row))
    return picture && shownPicture(picture)
  }

  /** Notes what cannot be read again, and goes on without. */
  async #orMissing<T>(read: () => Promise<T>): Promise<T | null> {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      this.#missing.add(error.message)
      return null
    }
  }

  /** The pictures of a split; none where its files cannot be read again. */
  #pictures(split: SplitName): Promise<Pictures> {
    const known = this.#opened.get(split)
    if (known) return known
    const opening = this.#open(split)
    this.#opened.set(split, opening)
    return opening
  }

  async #open(split: SplitName): Promise<Pictures> {
    return (await this.#orMissing(() => openStoredPictures(this.#explainer, split))) ?? (async () => null)
  }
}

async function shownPicture(picture: Picture): Promise<ShownPicture> {
  const png = Buffer.from(await encodePng(picture)).toString('base64')
  return { src: `data:image/png;base64,${png}`, width: picture.width, height: picture.height }
}
