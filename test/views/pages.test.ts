import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { comparisonPage, rankedMethods } from '../../src/views/comparison-view.ts'
import { evaluationPage } from '../../src/views/evaluation-page.ts'
import { explanationPage, explanationSection } from '../../src/views/explanation-view.ts'
import { suspectsPage } from '../../src/views/suspects-view.ts'
import { bareEvaluation, bareExplanation, comparison, evaluation, explanation, suspects } from './made-up.ts'
import { readHtml } from './well-formed.ts'

const ranked = {
  title: 'Suspects',
  n: 60000,
  score: 'neighbour-head',
  labelsFit: 'The fit with labels converged.',
}
const contrasted = { ...explanation(), contrast: 'dog', covered: null, fittedPrediction: 'dog' }

const pages: Record<string, string> = {
  explanations: explanationPage([explanation(), contrasted], 'Two explanations'),
  'no explanations': explanationPage([], 'None'),
  'an explanation with nothing known': explanationPage([bareExplanation], 'Bare'),
  suspects: suspectsPage(suspects(), ranked),
  'no suspects': suspectsPage([], { ...ranked, labelsFit: null }),
  'suspects without pictures': suspectsPage(suspects(null), ranked),
  'a comparison': comparisonPage(comparison()),
  'a comparison of which nothing is known': comparisonPage(comparison([])),
  'an evaluation': evaluationPage(evaluation()),
  'an evaluation of which nothing is known': evaluationPage(bareEvaluation()),
  'an explanation without pictures': explanationPage([explanation(null)], 'Arrays'),
}

describe.each(Object.entries(pages))('%s', (_, page) => {
  const { elements, text } = readHtml(page)
  const values = (attribute: string): string[] =>
    elements.flatMap(({ attributes }) => attributes.get(attribute) ?? [])

  test('says nothing that is not a word or a number', () => {
    expect(page).not.toMatch(/\b(NaN|undefined|null|Infinity)\b|\[object/)
    expect(text).not.toMatch(/\d-\d|\s-\d/)
  })

  test('needs nothing beside itself', () => {
    expect(elements.map(({ name }) => name)).not.toContain('script')
    for (const src of values('src')) expect(src).toMatch(/^data:image\//)
    for (const href of values('href')) expect(values('id')).toContain(href.slice(1))
    expect(new Set(values('id')).size).toBe(values('id').length)
  })

  test('has headings in order and words for its pictures', () => {
    const levels = elements.flatMap(({ name }) => (/^h[1-6]$/.test(name) ? Number(name[1]) : []))
    expect(levels.filter(level => level === 1)).toHaveLength(1)
    levels.forEach((level, i) => {
      expect(level).toBeLessThanOrEqual((levels[i - 1] ?? 0) + 1)
    })
    for (const { name, attributes } of elements) {
      if (name === 'img') expect(attributes.get('alt')).toMatch(/^\S+, labelled ./)
      if (name === 'th') expect(attributes.get('scope')).toMatch(/^(row|col)$/)
    }
  })
})

test('no id and no class name can break out of a page', () => {
  const hostile = fc.string({
    unit: fc.constantFrom('<script>', '</title>', '"', "'", '<', '>', '&', '-->', 'x', '\0'),
  })
  fc.assert(
    fc.property(hostile, hostile, (id, name) => {
      const view = explanation()
      const spoiled = {
        ...view,
        input: { ...view.input, name: id, label: name },
        output: name,
        byClass: [{ name, value: view.logit }],
        excitatory: view.excitatory.map(example => ({ ...example, id, label: name })),
      }
      const spoiledSuspects = suspects(null).map(suspect => ({
        ...suspect,
        example: { ...suspect.example, id },
        given: name,
      }))
      for (const page of [
        explanationPage([spoiled], name),
        suspectsPage(spoiledSuspects, { ...ranked, title: id }),
      ]) {
        expect(readHtml(page).elements.map(({ name }) => name)).not.toContain('script')
      }
    }),
    { numRuns: 50 },
  )
})

test('a mistake is marked, and so is a fitted head that predicts something else', () => {
  const wrong = /<dt>Predicted<\/dt><dd>cat <strong class="wrong">wrong</
  const view = explanation()
  expect(explanationSection(view).toString()).toMatch(wrong)
  expect(explanationSection({ ...view, input: { ...view.input, label: 'cat' } }).toString()).not.toMatch(
    wrong,
  )
  expect(explanationSection({ ...view, input: { ...view.input, label: null } }).toString()).not.toMatch(wrong)
  expect(explanationSection({ ...view, fittedPrediction: 'dog' }).toString()).toContain(
    'Fitted head predicts',
  )
})

test('how much is shown and how exact the whole is stand in words', () => {
  const words = (view: typeof contrasted | ReturnType<typeof explanation>): string =>
    /<p class="note">([^<]*)</.exec(explanationSection(view).toString())?.[1] ?? ''
  expect(words({ ...explanation(), covered: 0.034 })).toBe(
    'Values are in logits. The shown 3 + 2 examples cover 3.4\u00a0% of the logit; ' +
      'all 60,000 together add up to it within 0.00003. 214 were read to find these.',
  )
  expect(words(contrasted)).toContain('add up to +0.243, the difference is +3.334;')
})

test('methods stand in the order of their agreement, what is not known last, and eight of them have curves', () => {
  const view = comparison()
  const names = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(i => `method-${i}`)
  expect(rankedMethods(view.methods).map(([name]) => name)).toEqual([...names, 'unknown'])
  const page = comparisonPage(view)
  expect(page.match(/<polyline/g)).toHaveLength(2 * 8)
  expect(page).toContain('580 refits, all converged')
  expect(comparisonPage(comparison([]))).toContain('3 of them not converged')
})

test('an evaluation says what holds, and shows every figure; of eight scores there are curves', () => {
  const page = evaluationPage(evaluation())
  const { text, elements } = readHtml(page)
  expect(text).toContain('values miss the logits of training examples by 0.00004 at most')
  expect(text).toContain('The certificate holds.')
  expect(text).toContain('changed with probability 10.0\u00a0%, to any other class: 5,878 were')
  expect(text).toContain('self-influence left out: takes minutes.')
  const rows = elements.filter(({ name, attributes }) => name === 'th' && attributes.get('scope') === 'row')
  expect(rows).toHaveLength(5 + 4 + 10)
  expect(text.indexOf('score-0')).toBeLessThan(text.indexOf('score-9'))
  // Convergence, six of agreement, two of differences, three of stability, eight of scores.
  expect(page.match(/<polyline/g)).toHaveLength(1 + 6 + 2 + 3 + 8)
  const bare = readHtml(evaluationPage(bareEvaluation())).text
  expect(bare).toContain('The certificate does not hold')
  expect(bare).not.toMatch(/Stability|Labels that were changed/)
})

test('what cards of suspects show is explained where there are any, and speakers where one has some', () => {
  const words = (views: typeof some): string => readHtml(suspectsPage(views, ranked)).text
  const some = suspects()
  const arrow = 'An arrow goes from the given label to the one that neighbour-head suggests.'
  const bold = "what is bold before an id is that example's own label"
  expect(words(some)).toContain(arrow)
  expect(words(some)).toContain(bold)
  expect(words(some)).toContain('Suspicion is high for the worst, which come first.')
  const silent = some.map(suspect => ({ ...suspect, speakers: null }))
  expect(words(silent)).toContain(arrow)
  expect(words(silent)).not.toContain(bold)
  expect(words([])).not.toContain(arrow)
})

test('ids of suspects and speakers stand there whole, and may go on in the next line where they have joints', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9_/.-]{0,40}$/), id => {
      const [one] = suspects()
      const suspect = {
        ...one,
        example: { ...one.example, id },
        speakers: { for: [{ id, label: 'cat' }], against: [{ id, label: null }] },
      }
      const page = suspectsPage([suspect], ranked)
      expect(page).not.toContain('title="')
      const shown = [...page.matchAll(/<span class="id">(.*?)<\/span>/g)].map(([, text]) => text)
      expect(shown.map(text => text.replaceAll('<wbr>', ''))).toEqual([id, id, id])
      for (const text of shown) expect(text).not.toMatch(/[^/_]<wbr>/)
    }),
  )
})
