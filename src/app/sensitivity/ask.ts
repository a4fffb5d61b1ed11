import { encodePng } from '../../formats/images.node.ts'
import type { Picture } from '../../formats/picture.ts'
import { norm } from '../../math/matrix.ts'
import { UserError } from '../../user-error.ts'
import { decodeInput } from '../explain/read-input.ts'
import { expectNetwork } from '../explainer/expect-network.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { ExplainChoices } from '../explainer/explanation.ts'
import type { SplitName } from '../explainer/stored-splits.ts'
import { decompose } from './decompose.ts'
import { MapMaker } from './map-maker.ts'
import { type MapMethodChoices, resolveMethod } from './map-method.ts'
import { panelsOf } from './panels.ts'
import { cosineOf, missing, shareOf } from './parts.ts'
import { openStoredInputs, type StoredInputs } from './stored-input.ts'
import { givenSubject, type Subject, storedSubject } from './subject.ts'

/** How the map of an input is asked for. */
export interface MapsChoices extends MapMethodChoices, Pick<ExplainChoices, 'output' | 'contrast' | 'k'> {}

/** What is asked about a stored example. */
export interface MapsQuestion extends MapsChoices {
  readonly example: { readonly split: SplitName; readonly row: number }
}

/** A map over the picture that it is of, all in colours on one scale. */
export interface MapPicture {
  /** A data URI, a pixel a pixel of the network's input */
  readonly src: string
  readonly width: number
  readonly height: number
}

export interface MapsAnswer {
  readonly schemaVersion: 1
  readonly output: number
  readonly contrast: number | null
  /** What has the full colour */
  readonly scale: number
  /** Of the fitted head's logit */
  readonly whole: { readonly picture: MapPicture; readonly norm: number }
  /** Of the given head's, and the cosine between the two; null where it is not known */
  readonly given: { readonly picture: MapPicture; readonly cosine: number | null } | null
  /** Of the excitatory examples and then of the inhibitory ones; shares are ⟨part, whole⟩ / ‖whole‖² */
  readonly parts: readonly {
    readonly row: number
    readonly share: number | null
    readonly picture: MapPicture
  }[]
  /** Of all other examples */
  readonly rest: { readonly share: number | null; readonly picture: MapPicture }
  /** By how much parts and rest miss the whole at most, relative to the largest number in any of them */
  readonly difference: number
}

/**
 * Answers one question about maps after another, so that a crowd of them takes no more memory than one. The network's
 * gradients are made ready once, and let go of with the explainer.
 */
export class MapsDesk {
  readonly #explainer: Explainer
  readonly #roots: readonly string[] | undefined
  #maker: Promise<MapMaker> | undefined
  readonly #inputs = new Map<SplitName, Promise<StoredInputs>>()
  #last: Promise<unknown> = Promise.resolve()
  /** Tickets of questions whose turn has not come */
  readonly #waiting = new Set<number>()

  /** @param roots folders that the files of examples have to be in; anywhere unless told */
  constructor(explainer: Explainer, roots?: readonly string[]) {
    this.#explainer = explainer
    this.#roots = roots
  }

  /**
   * Errors: UserError on examples that there are not, on networks that gradients cannot pass, and where it was
   * abandoned.
   *
   * @param ticket what the question can be abandoned by
   */
  ask({ example, ...choices }: MapsQuestion, ticket?: number): Promise<MapsAnswer> {
    return this.#answer(choices, ticket, async asked => {
      const inputs = await this.#inputsOf(example.split)
      return storedSubject(this.#explainer, example, inputs, asked)
    })
  }

  /** Of the content of a picture file. `name` is what messages call it. */
  askPicture(content: Uint8Array, name: string, choices: MapsChoices, ticket?: number): Promise<MapsAnswer> {
    return this.#answer(choices, ticket, async asked => {
      const input = await decodeInput(this.#explainer, content, name)
      return givenSubject(this.#explainer, name, input, asked)
    })
  }

  /** Whoever asked has left: nothing is drawn, unless that has begun. */
  abandon(ticket: number): void {
    this.#waiting.delete(ticket)
  }

  async close(): Promise<void> {
    await this.#last.catch(() => undefined)
    const maker = this.#maker
    this.#maker = undefined
    await (await maker?.catch(() => undefined))?.release()
  }

  #answer(
    { output, contrast, k = 8, ...how }: MapsChoices,
    ticket: number | undefined,
    subjectOf: (choices: ExplainChoices) => Promise<Subject>,
  ): Promise<MapsAnswer> {
    const choices = {
      k,
      ...(output !== undefined && { output }),
      ...(contrast !== undefined && { contrast }),
    }
    if (ticket !== undefined) this.#waiting.add(ticket)
    const answer = this.#last.then(async () => {
      if (ticket !== undefined && !this.#waiting.delete(ticket)) {
        throw new UserError('usage', 'maps: whoever asked for them left before they were drawn, ask again')
      }
      expectNetwork(this.#explainer.manifest, this.#explainer.directory)
      return this.#draw(await subjectOf(choices), how)
    })
    this.#last = answer.catch(() => undefined)
    return answer
  }

  async #draw(subject: Subject, how: MapMethodChoices): Promise<MapsAnswer> {
    const explainer = this.#explainer
    const maker = await this.#opened()
    const options = { method: resolveMethod(how), groups: [], training: null }
    const found = await decompose(explainer, maker, subject, options)
    const panels = panelsOf(explainer, maker, found)
    if (panels === null) {
      throw new UserError(
        'usage',
        `${subject.explanation.input}: no picture, expected one to draw maps over, use representer sensitivity`,
      )
    }
    const { whole, given, parts, rest } = found.maps
    const draw = (map: Float32Array) => mapPicture(panels.over(map))
    const drawn = []
    for (const [k, { row }] of found.entries.entries()) {
      drawn.push({ row, share: shareOf(parts[k], whole), picture: await draw(parts[k]) })
    }
    return {
      schemaVersion: 1,
      output: subject.explanation.output,
      contrast: subject.explanation.contrast,
      scale: panels.scale,
      whole: { picture: await draw(whole), norm: norm(whole) },
      given: given && { picture: await draw(given), cosine: cosineOf(given, whole) },
      parts: drawn,
      rest: { share: shareOf(rest, whole), picture: await draw(rest) },
      difference: missing(found.maps),
    }
  }

  #opened(): Promise<MapMaker> {
    this.#maker ??= MapMaker.open(this.#explainer).catch(error => {
      // The next one who asks tries again.
      this.#maker = undefined
      throw error
    })
    return this.#maker
  }

  #inputsOf(split: SplitName): Promise<StoredInputs> {
    const known = this.#inputs.get(split)
    if (known) return known
    const opening = openStoredInputs(this.#explainer, split, { followLinks: false, roots: this.#roots })
    this.#inputs.set(split, opening)
    opening.catch(() => this.#inputs.delete(split))
    return opening
  }
}

async function mapPicture(picture: Picture): Promise<MapPicture> {
  const png = Buffer.from(await encodePng(picture)).toString('base64')
  return { src: `data:image/png;base64,${png}`, width: picture.width, height: picture.height }
}
