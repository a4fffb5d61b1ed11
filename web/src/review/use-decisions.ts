import { type UseQueryResult, useMutation, useQueryClient } from '@tanstack/react-query'
import type { NewDecision, Review, SuspectsPage } from '../../../src/server/wire.ts'
import { tell } from '../layout/toasts.tsx'
import { REVIEW, useReview } from '../source/queries.ts'
import { useSource } from '../source/source-context.tsx'
import { withDecision } from './optimistic.ts'

type Suspect = SuspectsPage['suspects'][number]

/** What is decided about a suspect; which one it is stands beside it. */
export type Verdict = Pick<NewDecision, 'action' | 'newLabel' | 'note'>

export interface Decisions {
  readonly query: UseQueryResult<Review | null>
  decide(suspect: Suspect, verdict: Verdict): void
  undo(): void
  redo(): void
}

/** One change after another, in the order in which they were made. */
const SCOPE = { id: 'review' }
const KEY = ['change-review']

/**
 * The decisions, and how they are changed. One is shown before it is written, and taken back with a message where
 * that fails.
 */
export function useDecisions(): Decisions {
  const source = useSource()
  const client = useQueryClient()
  const query = useReview()
  const settle = (review: Review): void => {
    // While others wait, what is shown is ahead of this answer.
    if (client.isMutating({ mutationKey: KEY }) <= 1) client.setQueryData(REVIEW, review)
  }
  const failed = (error: Error, what: string): void => {
    tell(`${what}: ${error.message}`)
    void client.invalidateQueries({ queryKey: REVIEW })
  }

  const decide = useMutation({
    mutationKey: KEY,
    scope: SCOPE,
    mutationFn: ({ decision }: { suspect: Suspect; decision: NewDecision }) => source.decide(decision),
    onMutate: async ({ suspect, decision }) => {
      await client.cancelQueries({ queryKey: REVIEW })
      const before = client.getQueryData<Review | null>(REVIEW)
      if (before) {
        client.setQueryData(REVIEW, withDecision(before, decision, suspect, new Date().toISOString()))
      }
      return { before }
    },
    onSuccess: settle,
    onError: (error, { suspect }, context) => {
      if (context?.before) client.setQueryData(REVIEW, context.before)
      failed(error, `the decision about ${suspect.id} was not kept`)
    },
  })
  const step = (which: 'undo' | 'redo') => ({
    mutationKey: KEY,
    scope: SCOPE,
    mutationFn: () => source[which](),
    onSuccess: settle,
    onError: (error: Error) => failed(error, which),
  })
  const undo = useMutation(step('undo'))
  const redo = useMutation(step('redo'))
  return {
    query,
    decide: (suspect, { action, newLabel, note }) =>
      decide.mutate({
        suspect,
        decision: {
          row: suspect.row,
          output: suspect.output,
          action,
          ...(newLabel !== undefined && { newLabel }),
          ...(note && { note }),
        },
      }),
    undo: () => undo.mutate(),
    redo: () => redo.mutate(),
  }
}
