import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fit } from '../../src/app/fit/fit.ts'
import { writeBundle } from '../app/bundle.ts'
import { run } from './command.ts'

const FEW = ['--steps', '1', '--tests', '5', '--scores', 'alpha,random']

/** Figures of this machine, and digits that another may round otherwise. */
const steady = (text: string): string =>
  text
    .replaceAll(/\/\S*\/explainer/g, 'DIR')
    .replaceAll(/[\d.]+\u00a0s\b/g, 'TIME')
    .replaceAll(/[\d.]+\u00a0%/g, 'SHARE')
    .replaceAll(/(by|than|to) \d[\d.]*( × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?/g, '$1 BOUND')
    .replaceAll(/\b\d\.\d{4,}\b/g, 'FIGURE')
    .replaceAll(/ +/g, ' ')

test('evaluate says what it will do, what holds, and how λ and scores do', async () => {
  const bundle = await writeBundle({ n: 60 })
  await fit(bundle)
  const page = join(bundle.directory, 'evaluate.html')
  const text = await run(['evaluate', bundle.out, ...FEW])
  expect([text.code, text.stderr]).toEqual([
    0,
    expect.stringMatching(
      /^evaluating: certificate, heads at 3 λ from 0.0095 to 0.00095, rankings for 5 test examples, 10.0\u00a0% of the labels changed and looked for by 2 scores\n/,
    ),
  ])
  expect(steady(text.stdout)).toMatchInlineSnapshot(`
    "DIR: fitted to the given model's outputs (teacher) of 60 training examples, λ 0.003, converged.
    Made anew from what is stored, values miss the logits of training examples by BOUND at most, those of test examples by BOUND, and those of any example that is no larger by no more than BOUND; FIGURE was asked for. The head is stationary to BOUND logits, and the stored residual is the one found to BOUND.
    The certificate holds.

    The head fitted at each λ, beside the given model: correlation and mean absolute difference of their outputs, the share of examples for which both decide the same; the largest completeness gap over the training examples, in logits.

     λ correlation, train correlation, test difference, train difference, test same decision, test accuracy, test gap fit
     FIGURE FIGURE FIGURE FIGURE FIGURE SHARE SHARE FIGURE converged
     0.003 FIGURE FIGURE FIGURE FIGURE SHARE SHARE FIGURE as stored
     FIGURE FIGURE FIGURE FIGURE FIGURE SHARE SHARE FIGURE converged

    For 5 test examples, each asked about the output that the stored head predicts: the share of the 10 most excitatory and of the 10 most inhibitory examples that both λ show, and Spearman's correlation of the values of 60 training examples.

     λ top-10 excitatory top-10 inhibitory rank correlation
     FIGURE and 0.003 SHARE SHARE FIGURE
     0.003 and FIGURE SHARE SHARE FIGURE

    Each label was changed with probability SHARE, to any other class: 3 were, and the head was fitted to them with the same λ (converged); features and the given model's outputs are as they were. Labels that were wrong before count as right.

     score ROC-AUC average precision found in SHARE found in SHARE found in SHARE time
     alpha FIGURE FIGURE SHARE SHARE SHARE TIME
     random FIGURE FIGURE SHARE SHARE SHARE TIME

    next: representer evaluate DIR --html evaluate.html
    "
  `)

  const quiet = await run(['evaluate', bundle.out, ...FEW, '--json', '--quiet', '--html', page])
  expect([quiet.code, quiet.stderr]).toEqual([0, ''])
  const answer = JSON.parse(quiet.stdout)
  expect(Object.keys(answer)).toEqual(
    'schemaVersion explainer problem certificate path stability mislabels leftOut seed seconds page'.split(
      ' ',
    ),
  )
  expect(Object.keys(answer.mislabels.scores.alpha)).toEqual(
    'rocAuc averagePrecision found seconds'.split(' '),
  )
  expect(await readFile(page, 'utf8')).toContain('The certificate holds.')
})

test('evaluate tells a wrong call from what an explainer lacks', async () => {
  const { labels: _, testLabels: __, ...bundle } = await writeBundle({ n: 60 })
  await fit(bundle)
  const unknown = await run(['evaluate', bundle.out, '--scores', 'guess'])
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('score not found: guess')])
  const pattern = await run(['evaluate', bundle.out, '--pattern', 'salt'])
  expect([pattern.code, pattern.stderr]).toEqual([2, expect.stringContaining('symmetric, pair')])
  const lacking = await run(['evaluate', bundle.out, '--noise', '0.1'])
  expect([lacking.code, lacking.stderr]).toEqual([1, expect.stringContaining('noise: needs labels')])
  const without = await run(['evaluate', bundle.out, '--steps', '0', '--tests', '3'])
  expect([without.code, without.stderr]).toEqual([
    0,
    expect.stringContaining('mislabels left out: needs labels of the training examples'),
  ])
})
