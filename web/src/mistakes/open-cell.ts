import type { View } from '../view/view.ts'

/** A cell, row or column of the matrix: null for any label, or any prediction. */
export interface Opened {
  readonly label: number | null
  readonly predicted: number | null
}

/** The view once a cell, row or column was opened: chips say what it is, so that other screens show the same. */
export function openedView({ filters }: Pick<View, 'filters'>, { label, predicted }: Opened): Partial<View> {
  const isMistake = label !== null && predicted !== null && label !== predicted
  return {
    cell: isMistake ? [label, predicted] : null,
    filters: {
      ...filters,
      label: label === null ? [] : [label],
      predicted: predicted === null ? [] : [predicted],
      only: null,
    },
    tab: 'filtered',
  }
}

/** Whether the filters are those of a cell, row or column. */
export const isOpened = ({ filters }: Pick<View, 'filters'>, { label, predicted }: Opened): boolean =>
  `${filters.label}` === `${label ?? ''}` && `${filters.predicted}` === `${predicted ?? ''}`
