import { describe, expect, test } from 'vitest'
import { divergingColour, divergingRamp, rampTicks } from '../../src/views/diverging.ts'
import {
  type SensitivityView,
  type ShownExamplePart,
  type ShownMap,
  sensitivityPage,
} from '../../src/views/sensitivity-view.ts'
import { explanation } from './made-up.ts'
import { readHtml } from './well-formed.ts'

const { input, excitatory, inhibitory } = explanation()
const pictured: ShownMap = { picture: input.picture, tokens: null, norm: 2 }
const texted: ShownMap = {
  picture: null,
  tokens: [
    { text: '<b>', value: 0.5 },
    { text: 'it', value: -2 },
  ],
  norm: 2.1,
}
const bare: ShownMap = { picture: null, tokens: null, norm: 2 }

function view(map: ShownMap, isPaired = false): SensitivityView {
  const part = (example: (typeof excitatory)[number], k: number): ShownExamplePart => ({
    ...map,
    example,
    value: example.value,
    share: k === 0 ? null : 0.1 * k,
    pair: isPaired ? map : null,
  })
  return {
    input,
    output: 'cat',
    contrast: isPaired ? 'dog' : null,
    logit: 2,
    method: 'the gradient',
    by: 'the input',
    scale: 1,
    pairScale: 3,
    whole: map,
    given: { ...map, cosine: isPaired ? null : 0.98 },
    rest: { ...map, share: 0.7 },
    overlap: isPaired ? { ...map, share: 0.1 } : null,
    groups: isPaired ? [{ ...map, share: -0.3, name: '<eel>', examples: 1200, value: -3 }] : [],
    excitatory: excitatory.map(part),
    inhibitory: isPaired ? [] : inhibitory.map(part),
    noOverlays: null,
    difference: 2e-7,
  }
}

describe.each<[string, SensitivityView]>([
  ['pictures', view(pictured)],
  ['pictures in pairs and groups', view(pictured, true)],
  ['tokens', view(texted)],
  ['tokens in pairs and groups', view(texted, true)],
  ['other numbers', view(bare)],
])('a page of maps over %s', (_, view) => {
  const page = sensitivityPage(view)
  const { elements, text } = readHtml(page)

  test('is well formed, says nothing but words and numbers, and needs nothing beside itself', () => {
    expect(page).not.toMatch(/\b(NaN|undefined|null|Infinity)\b|\[object/)
    expect(text).not.toMatch(/\d-\d|\s-\d/)
    expect(elements.map(({ name }) => name)).not.toContain('script')
    for (const { name, attributes } of elements) {
      if (name !== 'img') continue
      expect(attributes.get('src')).toMatch(/^data:image\//)
      expect(attributes.get('alt')).toMatch(/\S/)
    }
  })

  test('has headings in order', () => {
    const levels = elements.flatMap(({ name }) => (/^h[1-6]$/.test(name) ? Number(name[1]) : []))
    expect(levels.filter(level => level === 1)).toHaveLength(1)
    levels.forEach((level, i) => {
      expect(level).toBeLessThanOrEqual((levels[i - 1] ?? 0) + 1)
    })
  })
})

test('what lowers and what raises is told apart by words too', () => {
  const spans = [...sensitivityPage(view(texted)).matchAll(/title="([^"]*)">(&lt;b&gt;|it)</g)]
  expect(spans.slice(0, 2).map(([, value]) => value)).toEqual(['+0.5000', '−2.0000'])
})

type Rgb = readonly number[]

/** How a colour is seen without one kind of cones (Machado, Oliveira and Fernandes 2009, severity 1), in linear RGB. */
const SEEN: Readonly<Record<string, readonly Rgb[]>> = {
  'all cones': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

/** CIE 1976 L*a*b*, in which 2.3 is a difference that is just seen. */
function lab(colour: Rgb, cones: readonly Rgb[]): number[] {
  const linear = colour.map(x => (x <= 10.31 ? x / 3294.6 : ((x / 255 + 0.055) / 1.055) ** 2.4))
  const seen = cones.map(row =>
    Math.max(
      0,
      row.reduce((sum, w, i) => sum + w * linear[i], 0),
    ),
  )
  const matrix = [
    [0.4124, 0.3576, 0.1805],
    [0.2126, 0.7152, 0.0722],
    [0.0193, 0.1192, 0.9505],
  ]
  const white = [0.95047, 1, 1.08883]
  const [x, y, z] = matrix.map((row, k) => {
    const t = row.reduce((sum, w, i) => sum + w * seen[i], 0) / white[k]
    return t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116
  })
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

describe.each(Object.entries(SEEN))('the colours of maps with %s', (_, cones) => {
  const apart = (a: Rgb, b: Rgb) => Math.hypot(...lab(a, cones).map((x, i) => x - lab(b, cones)[i]))

  test.each([0, 128, 255])('tell what raises from what lowers, and both from none, over grey %i', grey => {
    for (const level of [0.1, 0.5, 1]) {
      const [raises, lowers, none] = [level, -level, 0].map(at => divergingColour(grey, at))
      expect(apart(raises, lowers)).toBeGreaterThan(20)
      expect(apart(raises, none)).toBeGreaterThan(10)
      expect(apart(lowers, none)).toBeGreaterThan(10)
    }
  })

  test('grow with the number, to both sides alike', () => {
    for (const sign of [-1, 1]) {
      const steps = [0, 0.05, 0.2, 0.6, 1].map(level =>
        apart(divergingColour(128, 0), divergingColour(128, sign * level)),
      )
      for (let k = 1; k < steps.length; k++) expect(steps[k]).toBeGreaterThan(steps[k - 1])
    }
  })
})

test('nothing has no colour, and beyond the scale none is stronger', () => {
  for (const grey of [0, 100, 255]) {
    const [r, g, b] = divergingColour(grey, 0)
    expect([g, b]).toEqual([r, r])
    for (const sign of [-1, 1]) expect(divergingColour(grey, 7 * sign)).toEqual(divergingColour(grey, sign))
  }
  const ramp = divergingRamp().match(/rgb\([^)]*\)/g) ?? []
  const ends = [ramp[0], ramp[12], ramp[18], ramp[24]]
  expect(ends).toEqual([-1, 0, 0.25, 1].map(level => `rgb(${divergingColour(128, level).join(', ')})`))
  expect(rampTicks(0.4)).toEqual(['−0.40', '−0.10', '0', '+0.10', '+0.40'])
})
