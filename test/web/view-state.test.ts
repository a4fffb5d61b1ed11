import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatRows, parseRows } from '../../web/src/view/row-ranges.ts'
import { FIRST_VIEW, NO_FILTERS, SCREENS, SORTS, TABS, type View } from '../../web/src/view/view.ts'
import { formatView, parseView } from '../../web/src/view/view-state.ts'

const index = fc.nat({ max: 60_000 })
const rows = fc.uniqueArray(index, { maxLength: 50 }).map(some => some.sort((a, b) => a - b))
const bothRows = fc.record({ train: rows, test: rows })
const split = fc.constantFrom('train' as const, 'test' as const)
const pair = fc.tuple(index, index)
const output = fc.oneof(index, fc.constantFrom('predicted' as const, 'label' as const))
/** An output and a contrast exclude each other. */
const which = fc.oneof(
  fc.record({ output, contrast: fc.constant(null) }),
  fc.record({ output: fc.constant('predicted' as const), contrast: pair }),
)
const views: fc.Arbitrary<View> = fc
  .record({
    screen: fc.constantFrom(...SCREENS),
    split,
    row: fc.option(index),
    picture: fc.option(fc.string()),
    k: fc.integer({ min: 1, max: 1000 }),
    within: fc.option(index),
    pinned: fc.option(fc.tuple(split, index, which).map(([split, row, which]) => ({ split, row, ...which }))),
    cell: fc.option(pair),
    filters: fc.record({
      label: rows,
      predicted: rows,
      only: fc.constantFrom(null, 'wrong' as const, 'right' as const),
      suspicion: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map(x => x + 0)),
      id: fc.string({ unit: 'grapheme' }),
      rows: fc.option(bothRows),
    }),
    tab: fc.constantFrom(...TABS),
    sort: fc.record({ by: fc.constantFrom(...SORTS), descending: fc.boolean() }),
    selection: bothRows,
    choices: fc.dictionary(fc.stringMatching(/^own-[a-z]{1,8}$/), fc.string(), { noNullPrototype: true }),
  })
  .chain(view => which.map(which => ({ ...view, ...which })))

describe('the address of a view', () => {
  test('says all of it', () => {
    fc.assert(fc.property(views, view => void expect(parseView(formatView(view))).toEqual(view)))
  })

  test('is as short as what it says', () => {
    expect(formatView(FIRST_VIEW)).toBe('/')
    expect(
      formatView({
        ...FIRST_VIEW,
        screen: 'explain',
        row: 12,
        contrast: [3, 5],
        pinned: { split: 'train', row: 7, output: 'label', contrast: null },
        selection: { train: [0, 1, 2, 9], test: [] },
      }),
    ).toBe('/explain?row=12&contrast=3,5&pin=train/7/label#train=0-2,9')
  })

  test('keeps rows from the server, which takes no long addresses', () => {
    const many = Array.from({ length: 30_000 }, (_, i) => 2 * i)
    const selection = { train: many, test: [] }
    const address = formatView({ ...FIRST_VIEW, selection, filters: { ...NO_FILTERS, rows: selection } })
    expect(address.indexOf('#')).toBeLessThan(100)
    expect(parseView(address).selection.train).toEqual(many)
  })

  test('that is no screen’s says so, and stays what it was', () => {
    const screen = { nowhere: 'no%20screen' }
    expect(parseView('/no%20screen?row=3')).toEqual({ ...FIRST_VIEW, screen, row: 3 })
    expect(parseView('/behind/a/proxy/no%20screen').screen).toEqual(screen)
    expect(formatView({ ...FIRST_VIEW, screen, row: 3 })).toBe('/no%20screen?row=3')
    for (const first of ['', '/', '/behind/a/proxy/', '/index.html'])
      expect(parseView(first)).toEqual(FIRST_VIEW)
  })

  test('never fails, and means the first view where it means nothing', () => {
    fc.assert(fc.property(fc.string(), text => void parseView(text)))
    expect(parseView('/?split=dev&row=-1&k=0&contrast=3&pin=x/y&cell=1,2,3&suspicion=x&sort=z')).toEqual(
      FIRST_VIEW,
    )
    expect(parseView('/explain?row=1e3&k=99999999&output=%zz')).toMatchObject({ row: null, k: 1000 })
  })

  test('has no way for a token to stay in it', () => {
    expect(formatView(parseView('/?token=secret&colour=label'))).toBe('/?colour=label')
  })
})

describe('rows as ranges', () => {
  test('come back as they were', () => {
    fc.assert(fc.property(rows, rows => void expect(parseRows(formatRows(rows))).toEqual(rows)))
  })

  test('are short where they are many in a row', () => {
    expect(formatRows(Array.from({ length: 60_000 }, (_, i) => i))).toBe('0-59999')
  })

  test('cannot fill the memory', () => {
    expect(parseRows('0-999999999').length).toBe(1_000_000)
    expect(parseRows('0-999999999,1000000-999999999,5-3,x,').length).toBeLessThanOrEqual(1_000_001)
  })
})
