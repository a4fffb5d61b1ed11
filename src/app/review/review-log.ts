import { reviewLogOf } from '../../store/beside.node.ts'
import { LineLog } from '../../store/line-log.node.ts'
import { UserError } from '../../user-error.ts'
import type { Explainer } from '../explainer/explainer.ts'
import {
  ACTIONS,
  type FoldedReview,
  foldReview,
  type KeptDecision,
  type NewDecision,
  type Review,
  type ReviewEvent,
} from './decisions.ts'
import { decideLine, parseReviewLine, stepLine } from './review-lines.ts'
import { expectLabelled, expectOutput, expectPossible, labelOf } from './reviewed-label.ts'

/** Characters of a note, and of a name. */
const MOST_CHARACTERS = 4000

/**
 * The decisions of people about the labels of an explainer's training examples, in `review/decisions.jsonl` of its
 * directory: every one is on the disk before it is answered, none is ever taken away, and undo and redo are
 * lines like any other. Several processes may decide at once; each answer tells what all of them did.
 */
export class ReviewLog {
  readonly #explainer: Explainer
  readonly #log: LineLog<ReviewEvent>
  #rows: ReadonlyMap<string, number> | null = null
  /** What was asked last; one thing is done after another. */
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(directory: string, explainer: Explainer) {
    this.#explainer = explainer
    this.#log = new LineLog(reviewLogOf(directory), parseReviewLine)
  }

  /**
   * Errors: UserError `not-found` where the explainer has no labels, `format` where a line cannot be read.
   *
   * @param directory where the explainer is, and the log
   */
  static async open(directory: string, explainer: Explainer): Promise<ReviewLog> {
    expectLabelled(explainer)
    const log = new ReviewLog(directory, explainer)
    await log.review()
    return log
  }

  /** Where the review stands, with what other processes did. */
  review(): Promise<Review> {
    return this.#inTurn(async () => (await this.#folded()).review)
  }

  /** Errors: UserError on rows, outputs and classes that do not exist, and on labels that change nothing. */
  decide(decision: NewDecision): Promise<Review> {
    return this.#inTurn(async () => {
      await this.#log.append(decideLine(this.#checked(decision)))
      return (await this.#folded()).review
    })
  }

  /** Takes back the last decision that counts. Errors: UserError `not-found` where there is none. */
  undo(): Promise<Review> {
    return this.#step('undo')
  }

  /** Brings again what was taken back last, unless something was decided since. Errors as of `undo`. */
  redo(): Promise<Review> {
    return this.#step('redo')
  }

  #step(step: 'undo' | 'redo'): Promise<Review> {
    return this.#inTurn(async () => {
      const of = (await this.#folded())[step]
      if (of === null) {
        throw new UserError('not-found', `${step}: no decision to ${step}, expected one made before`)
      }
      await this.#log.append(stepLine(step, of, now()))
      return (await this.#folded()).review
    })
  }

  async #folded(): Promise<FoldedReview> {
    const events = await this.#log.entries()
    if (events.length > 0) {
      this.#rows ??= new Map(Array.from(this.#explainer.examples.ids, (id, row) => [id, row]))
    }
    return foldReview(events, id => this.#rows?.get(id))
  }

  #checked(decision: NewDecision): KeptDecision {
    const { row, action, note = '', reviewer = '' } = decision
    const { manifest, examples } = this.#explainer
    if (!Number.isInteger(row) || row < 0 || row >= manifest.n) {
      throw new UserError('not-found', `example not found: train/${row}, expected 0 to ${manifest.n - 1}`)
    }
    const id = examples.ids.at(row)
    if (!ACTIONS.includes(action)) {
      throw new UserError('usage', `action not found: ${action}, expected one of ${ACTIONS.join(', ')}`)
    }
    const output = expectOutput(this.#explainer, decision.output ?? null, id)
    const label = labelOf(this.#explainer, row, output)
    const newLabel = this.#newLabel(decision, id, label)
    for (const [what, text] of Object.entries({ note, reviewer })) {
      if (text.length <= MOST_CHARACTERS) continue
      throw new UserError('value', `${what}: ${text.length} characters, expected ${MOST_CHARACTERS} at most`)
    }
    return { id, output, action, label, newLabel, note, reviewer, at: now() }
  }

  #newLabel({ action, newLabel }: NewDecision, id: string, label: number): number | null {
    if (action !== 'relabel') {
      if (newLabel === undefined) return null
      throw new UserError('usage', `${id}: a new label to ${action}, expected it with relabel alone`)
    }
    if (newLabel === undefined) {
      throw new UserError('usage', `${id}: no new label, expected one to relabel it, or keep`)
    }
    expectPossible(this.#explainer, newLabel, id)
    // Labels that are numbers are kept in single precision.
    if (newLabel !== label && Math.fround(newLabel) !== label) return newLabel
    throw new UserError('value', `${id}: relabelled to ${newLabel}, which is its label already, use keep`)
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(action)
    this.#turn = done.catch(() => undefined)
    return done
  }
}

const now = (): string => new Date().toISOString()
