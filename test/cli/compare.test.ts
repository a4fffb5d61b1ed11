import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fit } from '../../src/app/fit/fit.ts'
import { writeBundle } from '../app/bundle.ts'
import { run } from './command.ts'

const FEW = ['--loo', '6', '--subsets', '5', '--tests', '5']

/** Figures of this machine, and digits that another may round otherwise. */
const steady = (text: string): string =>
  text
    .replaceAll(/\/\S*\/explainer/g, 'DIR')
    .replaceAll(/[\d.]+\u00a0s/g, 'TIME')
    .replaceAll(/[\d,]+\u00a0MiB/g, 'MEMORY')
    .replaceAll(/\u2212?\d+\.\d{3}\b/g, 'FIGURE')
    .replaceAll(/gap of \S+/g, 'gap of BOUND')
    .replaceAll(/ +/g, ' ')

test('compare says what it will do, what the truth is, and how each method does', async () => {
  const bundle = await writeBundle({ n: 60 })
  await fit(bundle)
  const page = join(bundle.directory, 'compare.html')
  const methods = ['--methods', 'representer,influence-corrected']
  const text = await run(['compare', bundle.out, ...FEW, ...methods])
  expect([text.code, text.stderr]).toEqual([
    0,
    expect.stringMatching(
      /^comparing 2 methods on 5 test examples: 6 refits without one training example, 5 to random halves, 20 for the curves of 5 of them\n/,
    ),
  ])
  expect(steady(text.stdout)).toMatchInlineSnapshot(`
    "Refitted to the given model's outputs (teacher) of 60 training examples, λ FIGURE; asked about 5 test examples, each about the output that is predicted: methods that look at the loss, about a loss that falls as this output rises.
    Leave-one-out: Pearson's correlation over 6 left-out examples and all test examples. LDS: over 5 random halves. Deletion and insertion: without, and fitted to, the first 1.7 % of each of 5 test examples' own order, mean height in logits; more is better.
    32 refits, all converged, those for leave-one-out and LDS with a completeness gap of BOUND logits at most.

     method leave-one-out LDS deletion insertion top-10 distinct same class time memory
     influence-corrected FIGURE FIGURE FIGURE FIGURE 60 % 68 % TIME MEMORY
     representer FIGURE FIGURE FIGURE FIGURE 54 % 86 % TIME MEMORY

    next: representer compare DIR --html compare.html
    "
  `)

  const quiet = await run(['compare', bundle.out, ...FEW, '--json', '--quiet', '--html', page])
  expect([quiet.code, quiet.stderr]).toEqual([0, ''])
  const answer = JSON.parse(quiet.stdout)
  expect(Object.keys(answer)).toEqual('schemaVersion explainer problem truth methods leftOut page'.split(' '))
  expect(Object.keys(answer.methods.influence).sort()).toEqual(
    'deletion deletionCurve insertion insertionCurve lds looPearson peakMemory sameClassRate seconds topKCardinality'.split(
      ' ',
    ),
  )
  expect(await readFile(page, 'utf8')).toContain('influence-corrected')
})

test('compare refuses methods that there are not, and that the explainer has nothing for', async () => {
  const bundle = await writeBundle({ n: 60 })
  await fit(bundle)
  const unknown = await run(['compare', bundle.out, '--methods', 'shap'])
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('method not found: shap')])
  const lacking = await run(['compare', bundle.out, '--methods', 'tracin'])
  expect([lacking.code, lacking.stderr]).toEqual([1, expect.stringContaining('tracin: needs checkpoints')])
})
