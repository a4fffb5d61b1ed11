import { type EvaluateAnswer, evaluate } from '../app/evaluate/evaluate.ts'
import type { EvaluateOptions, EvaluatePlan, EvaluateStep } from '../app/evaluate/options.ts'
import {
  certificateWords,
  mislabelWords,
  pathColumns,
  pathRows,
  pathWords,
  rankedScores,
  scoreColumns,
  stabilityColumns,
  stabilityRows,
  stabilityWords,
} from '../views/evaluation-words.ts'
import { brief, count, percent } from '../views/numbers.ts'
import { colour } from './colour.ts'
import { figureLines } from './figure-lines.ts'
import { tellMeasured } from './measured.ts'
import type { Reporter } from './reporter.ts'
import { scoreStepWords } from './score-step.ts'
import { printable } from './text.ts'

export function runEvaluate(options: EvaluateOptions, reporter: Reporter, quiet: boolean): Promise<void> {
  return tellMeasured(
    told => evaluate({ ...options, ...told }),
    {
      plan: planWords,
      step: stepWords,
      leftOut: ({ leftOut }) => leftOut.map(({ part, reason }) => `${part} left out: ${reason}`),
      text: evaluateText,
    },
    { reporter, quiet },
  )
}

function planWords({ lambdas, tests, ofTraining, noise, scores }: EvaluatePlan): string {
  const examples = ofTraining ? 'training examples' : 'test examples'
  const parts = [
    'certificate',
    `heads at ${lambdas.length} λ from ${brief(lambdas[0])} to ${brief(lambdas[lambdas.length - 1])}`,
    `rankings for ${count(tests)} ${examples}`,
    ...(scores.length > 0
      ? [
          `${percent(noise)} of the labels changed and looked for by ${scores.length} ${scores.length === 1 ? 'score' : 'scores'}`,
        ]
      : []),
  ]
  return `evaluating: ${parts.join(', ')}`
}

const PHASES: Readonly<Record<EvaluateStep['phase'], string>> = {
  certificate: 'making the certificate anew',
  path: 'fitting the head along λ',
  rankings: 'comparing outputs and rankings',
  noise: 'fitting the head to changed labels',
  scores: 'looking for changed labels',
}

function stepWords({ phase, done, total, lambda, score, step }: EvaluateStep): [string, string] {
  const sought = step ? `${score}: ${scoreStepWords(step).join('  ')}` : score
  const at = lambda === undefined ? sought : `λ ${brief(lambda)}`
  return [PHASES[phase], at ?? (total > 1 ? `${count(done)} of ${count(total)}` : '')]
}

function evaluateText(answer: EvaluateAnswer): string {
  const { explainer, page, mislabels, stability } = answer
  return [
    ...certificateWords(answer).map(printable),
    '',
    pathWords(answer),
    '',
    figureLines('λ', pathRows(answer), pathColumns(answer)),
    ...(stability.neighbours.length > 0
      ? ['', stabilityWords(answer), '', figureLines('λ', stabilityRows(answer), stabilityColumns(answer))]
      : []),
    ...(mislabels
      ? [
          '',
          mislabelWords(mislabels),
          '',
          figureLines('score', rankedScores(mislabels), scoreColumns(mislabels)),
        ]
      : []),
    ...(page
      ? []
      : ['', `next: ${colour.cyan(`representer evaluate ${printable(explainer)} --html evaluate.html`)}`]),
  ].join('\n')
}
