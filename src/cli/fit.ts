import type { FitAnswer } from '../app/fit/answer.ts'
import { fit } from '../app/fit/fit.ts'
import type { FitOptions, FitProgress } from '../app/fit/options.ts'
import { bound, brief, count, fixed, percent, seconds, significant } from '../views/numbers.ts'
import { colour } from './colour.ts'
import { Progress } from './progress.ts'
import type { Reporter } from './reporter.ts'
import { printable, table } from './text.ts'

export async function runFit(options: FitOptions, report: Reporter, quiet: boolean): Promise<void> {
  const progress = new Progress(quiet)
  try {
    const answer = await fit({ ...options, onProgress: step => showStep(progress, step) })
    progress.end()
    report.notes(notesOf(answer))
    report.answer(answer, fitText)
  } finally {
    progress.end()
  }
}

const SHOWN_SKIPPED = 20

/** What went differently from what was asked for. */
function notesOf({ skipped = [] }: FitAnswer): string[] {
  const shown = skipped.slice(0, SHOWN_SKIPPED)
  return [
    ...(skipped.length > 0 ? [`pictures left out: ${count(skipped.length)}`] : []),
    ...shown.map(({ split, reason }) => `left out of ${split}: ${reason}`),
    ...(skipped.length > shown.length
      ? [`and ${count(skipped.length - shown.length)} more, all in --json`]
      : []),
  ]
}

/** One step of a fit as a line of progress. */
export function showStep(progress: Progress, step: FitProgress): void {
  switch (step.phase) {
    case 'pictures':
      progress.note(step.note)
      return
    case 'device':
      progress.note(`warning: ${step.warning}`)
      return
    case 'resuming':
      progress.note(
        `resuming: ${count(step.done)} of ${count(step.total)} ${step.split} examples done before`,
      )
      return
    case 'anew':
      progress.note(
        `extracting ${step.split} examples anew: not the same as before: ${step.differs.join(', ')}`,
      )
      return
    case 'kept':
      progress.note(`what was extracted is kept in ${step.directory}: the same command goes on from there`)
      return
    case 'features':
      progress.show('extracting features', `${count(step.done)} of ${count(step.total)}`)
      return
    case 'lambda':
      progress.show('looking for lambda', `${brief(step.lambda)} comes to ${pearsonText(step.pearson)}`)
      return
    case 'fit':
      progress.show(
        `fitting the head to the ${TARGETS[step.of]}`,
        `evaluation ${step.evaluations}, gap at most ${bound(step.gapBound)} logits`,
      )
      return
    case 'alpha':
      progress.show('computing alpha')
      return
    case 'index':
      progress.show('building the index')
      return
    case 'write':
      progress.show('writing the explainer')
  }
}

const TARGETS = { teacher: "given model's outputs", labels: 'labels', soft: 'soft labels' } as const

const REMEDIES: { readonly [K in Exclude<FitAnswer['status'], 'converged'>]: string } = {
  'precision-limited':
    'only the rounding of alpha misses the gap asked for: subtract the mean of the features, or raise --lambda',
  'max-iterations': 'ended before the gap asked for: raise --max-iterations or --lambda',
  'line-search-failed': 'no step makes the fit better: scale the features, or raise --lambda',
}

const pearsonText = (pearson: number | null): string =>
  pearson === null ? 'no correlation' : fixed(pearson, 5)

/** What was tried to find λ. */
function pathLines({ lambda, lambdaPath }: FitAnswer): string[] {
  if (!lambdaPath) return []
  const { wanted, points } = lambdaPath
  const tried = points.map(point => `${brief(point.lambda)} ${pearsonText(point.pearson)}`)
  return [
    `  λ = ${brief(lambda)} is the largest found to reach a correlation of ${brief(wanted)} with the targets`,
    colour.dim(`  tried: ${tried.join(', ')}`),
  ]
}

function fitText(answer: FitAnswer): string {
  const { n, d, c, lambda, bias, kernel, targets, activation, relativeGap, fidelity, accuracy } = answer
  const splits = (['train', 'test'] as const).filter(split => fidelity[split] || accuracy[split] !== null)
  const share = (value: number | null | undefined) => (typeof value === 'number' ? percent(value, 2) : '')
  const decimals = (value: number | null | undefined) => (typeof value === 'number' ? fixed(value, 5) : '')
  const rows = splits.map(split => [
    split,
    share(accuracy[split]),
    share(fidelity[split]?.argmaxAgreement),
    decimals(fidelity[split]?.pearson),
    decimals(fidelity[split]?.meanAbsoluteDifference),
  ])
  const { status } = answer
  const converged = status === 'converged'
  const relative = relativeGap === null ? '' : `, ${significant(relativeGap, 2)} of its standard deviation,`
  const exactness = `values add up to ${relative ? 'the pre-activation' : 'the logit'} within ${bound(answer.completenessGap)}${relative} over the training examples`
  const time = answer.seconds
  const dir = printable(answer.out)
  return [
    `${colour.bold(dir)}  n = ${count(n)}, d = ${d}, c = ${c}, λ = ${brief(lambda)}, ${targets} targets, ${activation}, bias ${bias}${kernel === 'plain' ? '' : `, ${kernel} kernel`}`,
    '',
    `  ${converged ? colour.green('converged') : colour.yellow(status)} after ${answer.iterations} iterations; ${exactness}`,
    ...(converged ? [] : [colour.yellow(`  ${REMEDIES[status]}`)]),
    ...pathLines(answer),
    '',
    ...(rows.length > 0
      ? [
          table(
            [
              { heading: '' },
              { heading: 'accuracy', align: 'right' },
              { heading: 'same argmax', align: 'right' },
              { heading: 'Pearson', align: 'right' },
              { heading: 'mean |difference|', align: 'right' },
            ],
            rows,
          ),
          '',
        ]
      : []),
    colour.dim(
      `  ${seconds(time.features)} features${answer.device === 'cpu' ? '' : ` on ${answer.device}`}, ${seconds(time.fit)} fit, ${seconds(time.alpha)} alpha, ${seconds(time.index)} index`,
    ),
    '',
    ...answer.warnings.map(sentence => `${colour.yellow('warning')}: ${sentence}`),
    `next: ${colour.cyan(`representer explain ${dir} ${fidelity.test || accuracy.test !== null ? 'test/0' : 'train/0'}`)}`,
    ...(answer.labelsFit ? [`      ${colour.cyan(`representer suspects ${dir}`)}`] : []),
    ...(answer.task === 'classification' && accuracy.train !== null
      ? [`      ${colour.cyan(`representer mistakes ${dir}`)}`]
      : []),
  ].join('\n')
}
