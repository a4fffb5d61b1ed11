import type { Answer, ExampleColumns, Question } from '../../../src/server/wire.ts'

export type Split = ExampleColumns['split']
export type Explanation = Answer['explanation']
export type Entry = Explanation['excitatory'][number]
export type OutputAsked = NonNullable<Question['output']>

export const SCREENS = ['overview', 'explain', 'mistakes', 'review', 'map', 'examples'] as const
export type Screen = (typeof SCREENS)[number]

/** What an address names that is no screen. */
export interface Nowhere {
  /** As the address has it */
  readonly nowhere: string
}

export const TABS = ['all', 'filtered', 'selected'] as const
export type Tab = (typeof TABS)[number]

export const SORTS = ['row', 'id', 'label', 'predicted', 'suspicion'] as const
export interface Sort {
  readonly by: (typeof SORTS)[number]
  readonly descending: boolean
}

/** Rows of both splits, increasing. */
export type Rows = { readonly [S in Split]: readonly number[] }

/** What examples have to be to be shown; all of it at once. */
export interface Filters {
  /** Any of these classes; none named: all */
  readonly label: readonly number[]
  readonly predicted: readonly number[]
  /** Whether the prediction is the label */
  readonly only: 'wrong' | 'right' | null
  /** Suspicion at least this */
  readonly suspicion: number | null
  /** Part of an id */
  readonly id: string
  /** Only these: a selection that was made a filter */
  readonly rows: Rows | null
}

/** One output of one example: what an explanation is of. */
export interface Asked {
  readonly split: Split
  readonly row: number
  readonly output: OutputAsked
  readonly contrast: readonly [number, number] | null
}

/** Everything that a screen shows beside the data: what a link carries. */
export interface View {
  readonly screen: Screen | Nowhere
  readonly split: Split
  /** The example in hand */
  readonly row: number | null
  /** A picture of the user's in hand instead, by its name; the picture itself stays in this tab */
  readonly picture: string | null
  readonly output: OutputAsked
  readonly contrast: readonly [number, number] | null
  /** How many examples of each sign */
  readonly k: number
  /** The class whose part of the sum is open */
  readonly within: number | null
  /** What the explanation in hand is compared with */
  readonly pinned: Asked | null
  /** A cell of the confusion matrix: label and prediction */
  readonly cell: readonly [number, number] | null
  readonly filters: Filters
  readonly tab: Tab
  readonly sort: Sort
  readonly selection: Rows
  /** What one screen alone asks, such as what the map is coloured by; names and values in words */
  readonly choices: Readonly<Record<string, string>>
}

export const NO_ROWS: Rows = { train: [], test: [] }

export const NO_FILTERS: Filters = {
  label: [],
  predicted: [],
  only: null,
  suspicion: null,
  id: '',
  rows: null,
}

export const FIRST_VIEW: View = {
  screen: 'overview',
  split: 'test',
  row: null,
  picture: null,
  output: 'predicted',
  contrast: null,
  k: 10,
  within: null,
  pinned: null,
  cell: null,
  filters: NO_FILTERS,
  tab: 'filtered',
  sort: { by: 'row', descending: false },
  selection: NO_ROWS,
  choices: {},
}
