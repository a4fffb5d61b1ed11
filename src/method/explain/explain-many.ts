import { kernelRows } from '../head/kernel.ts'
import type { Decomposition, HeadExplainer } from './explain.ts'
import { type Question, Scan, type ScanSource } from './scan.ts'
import { Similarity } from './similarity.ts'
import { walkCost } from './walk-cost.ts'

/** Questions that are asked for by their number, some of them more than once. */
export interface Questions<Q extends Question> {
  readonly count: number
  at(i: number): Q
}

/** How many questions are answered: each by lists of its own, or many of them by one scan of all examples. */
export type Way = 'lists' | 'scan'

export interface ManyOptions {
  /** Opens what a scan reads, where there is one. */
  readonly source: () => Promise<ScanSource>
  /** Chosen by a sample of the questions unless told. */
  readonly way?: Way | undefined
  readonly signal?: AbortSignal | undefined
}

export interface Answered<Q extends Question> {
  readonly question: Q
  readonly decomposition: Decomposition
}

/** Questions that one scan answers at most, and numbers of their features and of what is found for them. */
const [TOGETHER, HELD] = [1024, 2 ** 20]

/**
 * Explains many queries, in order: what `HeadExplainer` says of each, whichever way is taken, but that a scan
 * has read all examples. Contrasts are always walked for.
 */
export async function* explainMany<Q extends Question>(
  explainer: HeadExplainer,
  questions: Questions<Q>,
  k: number,
  { source, way = chooseWay(explainer, questions, k), signal }: ManyOptions,
): AsyncGenerator<Answered<Q>> {
  if (way === 'lists') {
    for (let i = 0; i < questions.count; i++) {
      signal?.throwIfAborted()
      const question = questions.at(i)
      yield { question, decomposition: explainer.explain(question.features, question.explained, k) }
    }
    return
  }
  const scan = await Scan.load(explainer.head, await source())
  try {
    const together = Math.max(1, Math.min(TOGETHER, Math.floor(HELD / (explainer.head.features.cols + k))))
    for (let start = 0; start < questions.count; start += together) {
      const length = Math.min(together, questions.count - start)
      const asked = Array.from({ length }, (_, i) => questions.at(start + i))
      const found = await scan.find(asked, k, signal)
      for (const [i, question] of asked.entries()) {
        signal?.throwIfAborted()
        const { features, explained } = question
        const answer = found[i]
        const decomposition = answer
          ? explainer.compose(features, explained, answer)
          : explainer.explain(features, explained, k)
        yield { question, decomposition }
      }
    }
  } finally {
    await scan.release()
  }
}

/** Questions that are walked for to choose, and of how many there is one of them. */
const [SAMPLE, ONE_OF] = [16, 16]

/*
 * What a scan costs, in multiply-adds of a walk. On two cores a value took as long as 4 to 10 of them with 64
 * features and as 10 to 26 with 512: making room for it and looking at it takes about 6, whatever the features.
 */

/** Multiply-adds of a product in the time of one of a walk. */
const PRODUCT_RATE = 32

/** A value beside its product. */
const LOOK_COST = 6

/** Loading what runs products. */
const START_COST = 5e7

/** The way that costs less for a sample of the questions, by counts: the same questions go the same way. */
export function chooseWay<Q extends Question>(
  explainer: HeadExplainer,
  questions: Questions<Q>,
  k: number,
): Way {
  const { count } = questions
  const { features, alpha, index, kernel } = explainer.head
  const similarity = new Similarity(features, kernel)
  const sample = Math.min(SAMPLE, Math.floor(count / ONE_OF))
  let walks = 0
  for (let s = 0; s < sample; s++) {
    const { features, explained } = questions.at(Math.floor(((s + 0.5) * count) / sample))
    if (!('output' in explained)) return 'lists'
    similarity.ask(features)
    const { output } = explained
    const { norm, nonNegative } = similarity
    const found = explainer.explain(features, explained, k)
    walks += walkCost(index, alpha.rows, { output, norm, nonNegative, k, found })
  }
  const scans = alpha.rows * (kernelRows(kernel) / PRODUCT_RATE + LOOK_COST)
  return sample > 0 && (walks / sample - scans) * count > START_COST ? 'scan' : 'lists'
}
