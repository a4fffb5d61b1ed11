import { type CompareAnswer, compare } from '../app/compare/compare.ts'
import type { CompareOptions, ComparePlan, CompareStep } from '../app/compare/options.ts'
import { comparisonColumns, rankedMethods, truthWords } from '../views/comparison-view.ts'
import { count } from '../views/numbers.ts'
import { colour } from './colour.ts'
import { figureLines } from './figure-lines.ts'
import { tellMeasured } from './measured.ts'
import type { Reporter } from './reporter.ts'
import { printable } from './text.ts'

export function runCompare(options: CompareOptions, reporter: Reporter, quiet: boolean): Promise<void> {
  return tellMeasured(
    told => compare({ ...options, ...told }),
    {
      plan: planWords,
      step: stepWords,
      leftOut: ({ leftOut }) => leftOut.map(({ method, reason }) => `${method} left out: ${reason}`),
      text: compareText,
    },
    { reporter, quiet },
  )
}

function planWords({ methods, tests, heldOut, loo, subsets, curvePoints, curveRefits }: ComparePlan): string {
  const examples = heldOut ? 'training examples that are held out' : 'test examples'
  return (
    `comparing ${methods.length} ${methods.length === 1 ? 'method' : 'methods'} on ${count(tests)} ${examples}: ${count(loo)} refits without one training ` +
    `example, ${count(subsets)} to random halves, ${count(curveRefits)} for the curves of ${count(curvePoints)} of them`
  )
}

const PHASES: Readonly<Record<CompareStep['phase'], string>> = {
  'held-out': 'fitting the head without the examples that are held out',
  hessian: 'factoring the Hessian',
  loo: 'refitting without one training example',
  subsets: 'refitting to random halves',
  values: 'making values',
  deletion: 'refitting without the first examples',
  insertion: 'fitting to the first examples',
}

function stepWords({ phase, done, total, method }: CompareStep): [string, string] {
  return [PHASES[phase], method ?? (total > 1 ? `${count(done)} of ${count(total)}` : '')]
}

function compareText(answer: CompareAnswer): string {
  const { explainer, truth, page } = answer
  const methods = answer.methods as Parameters<typeof rankedMethods>[0]
  return [
    ...truthWords(answer).map(printable),
    '',
    figureLines('method', rankedMethods(methods), comparisonColumns(truth.topK)),
    ...(page
      ? []
      : ['', `next: ${colour.cyan(`representer compare ${printable(explainer)} --html compare.html`)}`]),
  ].join('\n')
}
