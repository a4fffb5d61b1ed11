import type { EvaluationView, Neighbours, PathPoint, PathSplit, ScoredDetection } from './evaluation-view.ts'
import { type FigureColumn, orNothing, targetWords } from './figure-table.ts'
import { bound, brief, count, fixed, percent, seconds } from './numbers.ts'

/*
 * What an evaluation says, in print and on a page.
 */

/** How exact what is stored is, in sentences. */
export function certificateWords({ explainer, problem, certificate }: EvaluationView): string[] {
  const { n, targets, lambda } = problem
  const { train, test, bound: most, stationary, residual, gap, status, holds } = certificate
  const ofTest = test === null ? '' : `, those of test examples by ${bound(test)}`
  return [
    `${explainer}: fitted to the ${targetWords(targets)} of ${count(n)} training examples, λ ${brief(lambda)}, ${status}.`,
    `Made anew from what is stored, values miss the logits of training examples by ${bound(train)} at most${ofTest}, ` +
      `and those of any example that is no larger by no more than ${bound(most)}; ${bound(gap)} was asked for. ` +
      `The head is stationary to ${bound(stationary)} logits, and the stored residual is the one found to ${bound(residual)}.`,
    holds
      ? 'The certificate holds.'
      : 'The certificate does not hold: run fit again, or with more iterations.',
  ]
}

/** What is told of each λ, in a sentence. */
export function pathWords({ leftOut }: EvaluationView): string {
  const gap = 'the largest completeness gap over the training examples, in logits'
  if (leftOut.some(({ part }) => part === 'fidelity')) return `The head fitted at each λ: ${gap}.`
  return (
    'The head fitted at each λ, beside the given model: correlation and mean absolute difference of their outputs, the ' +
    `share of examples for which both decide the same; ${gap}.`
  )
}

export function stabilityWords({ stability }: EvaluationView): string {
  const { tests, ofTraining, topK, ranked } = stability
  const examples = ofTraining
    ? `${count(tests)} training examples, since there are no test examples`
    : `${count(tests)} test examples`
  return (
    `For ${examples}, each asked about the output that the stored head predicts: the share of the ${topK} most excitatory ` +
    `and of the ${topK} most inhibitory examples that both λ show, and Spearman's correlation of the values of ` +
    `${count(ranked)} training examples.`
  )
}

export function mislabelWords({
  noise,
  pattern,
  planted,
  status,
}: NonNullable<EvaluationView['mislabels']>): string {
  const other = pattern === 'pair' ? 'to the class after its own' : 'to any other class'
  return (
    `Each label was changed with probability ${percent(noise)}, ${other}: ${count(planted)} were, and the head was fitted ` +
    `to them with the same λ (${status}); features and the given model's outputs are as they were. Labels that were wrong ` +
    'before count as right.'
  )
}

/**
 * What is told of each λ behind it; of what nothing is known there is no column. What decides, of test examples where
 * there are any.
 */
export function pathColumns({ path }: EvaluationView): FigureColumn<PathPoint>[] {
  const column = (name: 'train' | 'test', heading: string, text: (split: PathSplit) => string) => ({
    heading: `${heading}, ${name}`,
    text: (point: PathPoint) => {
      const split = point[name]
      return split === null ? '–' : text(split)
    },
  })
  const correlation = ({ pearson }: PathSplit) => orNothing(pearson, x => fixed(x, 5))
  const difference = (split: PathSplit) => orNothing(split.meanAbsoluteDifference, x => fixed(x, 5))
  const decisive = path.some(({ test }) => test !== null) ? 'test' : 'train'
  const all = [
    column('train', 'correlation', correlation),
    column('test', 'correlation', correlation),
    column('train', 'difference', difference),
    column('test', 'difference', difference),
    column(decisive, 'same decision', split => orNothing(split.argmaxAgreement, x => percent(x, 2))),
    column(decisive, 'accuracy', ({ accuracy }) => orNothing(accuracy, x => percent(x, 2))),
    { heading: 'gap', text: ({ completenessGap }: PathPoint) => bound(completenessGap) },
    { heading: 'fit', text: ({ isStored, status }: PathPoint) => (isStored ? 'as stored' : status) },
  ]
  return all.filter(({ text }) => path.some(point => text(point) !== '–'))
}

/** Each λ with what is known there. */
export const pathRows = ({ path }: EvaluationView): [string, PathPoint][] =>
  path.map(point => [brief(point.lambda), point])

/** What is told of neighbouring λ. */
export function stabilityColumns({ stability: { topK } }: EvaluationView): FigureColumn<Neighbours>[] {
  return [
    { heading: `top-${topK} excitatory`, text: ({ excitatory }) => orNothing(excitatory, x => percent(x)) },
    { heading: `top-${topK} inhibitory`, text: ({ inhibitory }) => orNothing(inhibitory, x => percent(x)) },
    {
      heading: 'rank correlation',
      text: ({ rankCorrelation }) => orNothing(rankCorrelation, x => fixed(x, 4)),
    },
  ]
}

export const stabilityRows = ({ stability }: EvaluationView): [string, Neighbours][] =>
  stability.neighbours.map(pair => [pair.lambdas.map(brief).join(' and '), pair])

/** The places of the shares that have a column: about half of what was changed, as much, and twice that. */
function shownShares({ inspectedShares, noise }: NonNullable<EvaluationView['mislabels']>): number[] {
  const nearest = (wanted: number) => {
    const miss = inspectedShares.map(share => Math.abs(share - wanted))
    return miss.indexOf(Math.min(...miss))
  }
  return [...new Set([noise / 2, noise, Math.min(1, 2 * noise)].map(nearest))]
}

/** What is told of each score. */
export function scoreColumns(
  mislabels: NonNullable<EvaluationView['mislabels']>,
): FigureColumn<ScoredDetection>[] {
  return [
    { heading: 'ROC-AUC', text: ({ rocAuc }) => fixed(rocAuc, 4) },
    { heading: 'average precision', text: ({ averagePrecision }) => fixed(averagePrecision, 4) },
    ...shownShares(mislabels).map(at => ({
      heading: `found in ${percent(mislabels.inspectedShares[at], 0)}`,
      text: ({ found }: ScoredDetection) => percent(found[at]),
    })),
    { heading: 'time', text: score => seconds(score.seconds) },
  ]
}

/** Names and scores, those that find changed labels best first; of equals, the order they came in. */
export function rankedScores({
  scores,
}: NonNullable<EvaluationView['mislabels']>): [string, ScoredDetection][] {
  return Object.entries(scores).sort(([, a], [, b]) => b.rocAuc - a.rocAuc || 0)
}
