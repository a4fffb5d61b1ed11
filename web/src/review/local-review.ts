import { foldReview, type KeptDecision, type ReviewEvent } from '../../../src/app/review/decisions.ts'
import { pandasLines } from '../../../src/app/review/pandas-lines.ts'
import type { NewDecision, ReportData, Review } from '../../../src/server/wire.ts'
import { namesOf } from '../names.ts'
import { type Source, SourceError } from '../source/source.ts'
import { correctionsCsv } from './corrections-csv.ts'

/** What of a browser's storage is needed. */
export type Keeper = Pick<Storage, 'getItem' | 'setItem'>

/**
 * Decisions where there is no server: a log in this browser, read as the one on disk is. Every question reads it
 * anew, since other tabs write it too.
 *
 * @param keeper null where the browser keeps nothing: then decisions last until the page is closed
 */
export function localReview(
  { explainer, columns, suspects }: Pick<ReportData, 'explainer' | 'columns' | 'suspects'>,
  keeper: Keeper | null,
  now: () => string = () => new Date().toISOString(),
): Pick<Source, 'review' | 'decide' | 'undo' | 'redo' | 'exportUrl' | 'pandas'> {
  const name = `representer-review-${explainer.fingerprint}`
  const train = columns.train
  const rowOf = new Map([
    ...(train?.ids.map((id, at) => [id, train.rows[at]] as const) ?? []),
    ...(suspects?.suspects.map(({ id, row }) => [id, row] as const) ?? []),
  ])
  let unkept: readonly ReviewEvent[] = []
  const events = (): readonly ReviewEvent[] => (keeper ? parseEvents(keeper.getItem(name)) : unkept)
  const folded = () => foldReview(events(), id => rowOf.get(id))
  const append = (event: ReviewEvent): Review => {
    const all = [...events(), event]
    if (keeper) keeper.setItem(name, JSON.stringify(all))
    else unkept = all
    return folded().review
  }
  const step = async (event: 'undo' | 'redo'): Promise<Review> => {
    const of = folded()[event]
    if (of === null) throw new SourceError('not-found', `${event}: no decision to ${event}`)
    return append({ event, of })
  }
  const kept = ({ row, output = null, action, newLabel, ...said }: NewDecision): KeptDecision => {
    const suspect = suspects?.suspects.find(other => other.row === row && other.output === output)
    const at = train?.rows.indexOf(row) ?? -1
    const id = suspect?.id ?? train?.ids[at]
    const label = suspect?.label ?? (output === null ? train?.labels?.[at] : undefined)
    if (id === undefined || label === undefined) {
      throw new SourceError('missing', `this report has no label of training example ${row}`)
    }
    const { note = '', reviewer = '' } = said
    return { id, output, action, label, newLabel: newLabel ?? null, note, reviewer, at: now() }
  }
  return {
    review: async () => folded().review,
    decide: async decision => append({ event: 'decide', line: events().length, decision: kept(decision) }),
    undo: () => step('undo'),
    redo: () => step('redo'),
    exportUrl: (format, rows) => {
      // A selection without decisions is exported from the examples; other formats need the server.
      if (format !== 'csv' || rows) return null
      const csv = correctionsCsv(
        folded().review.decisions,
        suspects?.suspects ?? [],
        explainer,
        namesOf(explainer),
      )
      return `data:text/csv;charset=utf-8,${encodeURIComponent(csv)}`
    },
    pandas: async () =>
      pandasLines('csv', 'corrections.csv', ['multi-label', 'regression'].includes(explainer.task)),
  }
}

/** The events that were kept; none where they cannot be read. */
function parseEvents(text: string | null): readonly ReviewEvent[] {
  try {
    const kept: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(kept) ? kept.filter(isEvent) : []
  } catch {
    return []
  }
}

function isEvent(value: unknown): value is ReviewEvent {
  if (typeof value !== 'object' || value === null || !('event' in value)) return false
  if (value.event === 'undo' || value.event === 'redo') return 'of' in value && typeof value.of === 'number'
  return value.event === 'decide' && 'line' in value && 'decision' in value && isDecision(value.decision)
}

const isDecision = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'id' in value &&
  'action' in value &&
  ['keep', 'relabel', 'exclude', 'review'].includes(value.action as string)
