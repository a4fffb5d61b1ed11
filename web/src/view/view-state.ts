import { formatRows, parseRows } from './row-ranges.ts'
import {
  type Asked,
  FIRST_VIEW,
  type Filters,
  NO_ROWS,
  type OutputAsked,
  type Rows,
  SCREENS,
  SORTS,
  type Sort,
  type Split,
  TABS,
  type View,
} from './view.ts'

/*
 * A view as an address: /explain?split=test&row=12&contrast=3,5#train=0-5,9. Rows that were selected stand behind
 * the #, where they may be many: that part is not sent to the server, which takes 16 kB of headers.
 */

/** The names that the codec itself uses; all others are choices of screens. */
const OWN = new Set(
  'split row picture output contrast k within pin cell label predicted only suspicion id tab sort token'.split(
    ' ',
  ),
)

/** The address of a view, from its path on. */
export function formatView(view: View): string {
  const { filters, sort } = view
  const search = joined([
    ['split', view.split, FIRST_VIEW.split],
    ['row', view.row],
    ['picture', view.picture],
    ['output', view.output, FIRST_VIEW.output],
    ['contrast', view.contrast?.join(',')],
    ['k', view.k, FIRST_VIEW.k],
    ['within', view.within],
    ['pin', view.pinned && formatAsked(view.pinned)],
    ['cell', view.cell?.join(',')],
    ['label', filters.label.join(','), ''],
    ['predicted', filters.predicted.join(','), ''],
    ['only', filters.only],
    ['suspicion', filters.suspicion],
    ['id', filters.id, ''],
    ['tab', view.tab, FIRST_VIEW.tab],
    ['sort', `${sort.descending ? '-' : ''}${sort.by}`, FIRST_VIEW.sort.by],
    ...Object.entries(view.choices)
      .filter(([name]) => !OWN.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  ])
  const fragment = joined([
    ...rowParts('', view.selection),
    ...(filters.rows ? [['only-these', '1'] as const, ...rowParts('only-', filters.rows)] : []),
  ])
  return `${pathOf(view)}${search && `?${search}`}${fragment && `#${fragment}`}`
}

/** The address of a screen. */
function pathOf({ screen }: View): string {
  if (typeof screen === 'object') return `/${screen.nowhere}`
  return screen === FIRST_VIEW.screen ? '/' : `/${screen}`
}

const rowParts = (prefix: string, rows: Rows): (readonly [string, string, string])[] => [
  [`${prefix}train`, formatRows(rows.train), ''],
  [`${prefix}test`, formatRows(rows.test), ''],
]

type Part = readonly [name: string, value: unknown, unsaid?: unknown]

/** The parts that say something, readable: commas and slashes stay as they are. */
function joined(parts: readonly Part[]): string {
  return parts
    .filter(([, value, unsaid]) => value !== null && value !== undefined && value !== unsaid)
    .map(([name, value]) => `${encoded(name)}=${encoded(String(value))}`)
    .join('&')
}

const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/%2C/g, ',').replace(/%2F/g, '/').replace(/%3A/g, ':')

/**
 * The view that an address names. What cannot be read is as it was at first, but for a screen that there is not: a link
 * never fails.
 */
export function parseView(address: string): View {
  const [, path, query = '', hash = ''] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(address) ?? []
  const search = new URLSearchParams(query)
  const fragment = new URLSearchParams(hash)
  return {
    screen: parseScreen(path ?? ''),
    split: parseSplit(search.get('split')),
    row: parseIndex(search.get('row')),
    picture: search.get('picture'),
    output: parseOutput(search.get('output')),
    contrast: parsePair(search.get('contrast')),
    k: Math.min(parseIndex(search.get('k')) || FIRST_VIEW.k, 1000),
    within: parseIndex(search.get('within')),
    pinned: parseAsked(search.get('pin')),
    cell: parsePair(search.get('cell')),
    filters: parseFilters(search, fragment),
    tab: TABS.find(tab => tab === search.get('tab')) ?? FIRST_VIEW.tab,
    sort: parseSort(search.get('sort')),
    selection: parseRowParts('', fragment),
    choices: Object.fromEntries([...search].filter(([name]) => !OWN.has(name))),
  }
}

function parseScreen(path: string): View['screen'] {
  const last = path.split('/').at(-1) ?? ''
  if (last === '' || last === 'index.html') return FIRST_VIEW.screen
  return SCREENS.find(screen => screen === last) ?? { nowhere: last }
}

function parseFilters(search: URLSearchParams, fragment: URLSearchParams): Filters {
  const only = search.get('only')
  const suspicion = Number(search.get('suspicion') || Number.NaN)
  return {
    label: parseRows(search.get('label') ?? ''),
    predicted: parseRows(search.get('predicted') ?? ''),
    only: only === 'wrong' || only === 'right' ? only : null,
    suspicion: Number.isFinite(suspicion) ? suspicion : null,
    id: search.get('id') ?? '',
    rows: fragment.has('only-these') ? parseRowParts('only-', fragment) : null,
  }
}

function parseRowParts(prefix: string, fragment: URLSearchParams): Rows {
  const rows = {
    train: parseRows(fragment.get(`${prefix}train`) ?? ''),
    test: parseRows(fragment.get(`${prefix}test`) ?? ''),
  }
  return rows.train.length + rows.test.length === 0 ? NO_ROWS : rows
}

const parseSplit = (text: string | null): Split => (text === 'train' ? 'train' : FIRST_VIEW.split)

const parseIndex = (text: string | null): number | null =>
  text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null

function parsePair(text: string | null): readonly [number, number] | null {
  const [a, b, ...more] = (text ?? '').split(',').map(parseIndex)
  return a == null || b == null || more.length > 0 ? null : [a, b]
}

/** By index, by one of the two words for it, else as at first. */
function parseOutput(text: string | null): OutputAsked {
  return text === 'label' ? text : (parseIndex(text) ?? FIRST_VIEW.output)
}

function parseSort(text: string | null): Sort {
  const by = SORTS.find(name => name === text?.replace(/^-/, ''))
  return by ? { by, descending: text?.startsWith('-') ?? false } : FIRST_VIEW.sort
}

/** test/12, test/12/label, test/12/3, test/12/3,5 */
function formatAsked({ split, row, output, contrast }: Asked): string {
  const which = contrast ? contrast.join(',') : output
  return [split, row, ...(which === FIRST_VIEW.output ? [] : [which])].join('/')
}

function parseAsked(text: string | null): Asked | null {
  const [split, rowText = null, which = null] = (text ?? '').split('/')
  const row = parseIndex(rowText)
  if ((split !== 'train' && split !== 'test') || row === null) return null
  const contrast = parsePair(which)
  return { split, row, output: contrast ? FIRST_VIEW.output : parseOutput(which), contrast }
}
