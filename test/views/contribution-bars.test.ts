import { expect, test } from 'vitest'
import { commonScale, contributionBar } from '../../src/views/contribution-bars.ts'
import { explanationSection } from '../../src/views/explanation-view.ts'
import { explanation } from './made-up.ts'
import { readHtml } from './well-formed.ts'

interface Bar {
  readonly x: number
  readonly width: number
}

/** The bars of one kind within some HTML. */
function bars(html: string, kind: string): Bar[] {
  return readHtml(html)
    .elements.filter(({ name, attributes }) => name === 'rect' && attributes.get('class') === kind)
    .map(({ attributes }) => ({ x: Number(attributes.get('x')), width: Number(attributes.get('width')) }))
}

test('both columns share one scale: lengths are in proportion to |value|', () => {
  const view = explanation()
  const html = explanationSection({ ...view, byClass: [] }).toString()
  const drawn = [...bars(html, 'excitatory'), ...bars(html, 'inhibitory')]
  const values = [...view.excitatory, ...view.inhibitory].map(({ value }) => value)
  expect(drawn).toHaveLength(values.length)
  const scale = commonScale(values)
  values.forEach((value, i) => {
    expect(drawn[i].width).toBeCloseTo((100 * Math.abs(value)) / scale, 1)
  })
  expect(Math.max(...drawn.map(({ width }) => width))).toBe(100)
})

test('the side of zero is the sign', () => {
  expect(bars(contributionBar(1, 4).toString(), 'excitatory')).toEqual([{ x: 0, width: 25 }])
  expect(bars(contributionBar(-1, 4).toString(), 'inhibitory')).toEqual([{ x: -25, width: 25 }])
})

test('nothing is drawn where there is nothing', () => {
  expect(commonScale([])).toBe(0)
  expect(bars(contributionBar(0, 0).toString(), 'excitatory')).toEqual([{ x: 0, width: 0 }])
  expect(bars(contributionBar(Number.NaN, 1).toString(), 'excitatory')).toEqual([{ x: 0, width: 0 }])
})
