import {
  keepPreviousData,
  QueryClient,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { useEffect } from 'react'
import type {
  Answer,
  ExampleColumns,
  ExampleMap,
  ExplainerInfo,
  Job,
  MapsAnswer,
  MapsChoices,
  MapsQuestion,
  Mistakes,
  MistakesCell,
  NewJob,
  Overview,
  Question,
  Review,
  SuspectsPage,
} from '../../../src/server/wire.ts'
import { tell } from '../layout/toasts.tsx'
import type { Split } from '../view/view.ts'
import { SourceError } from './source.ts'
import { useSource } from './source-context.tsx'

/** What an explainer answers does not change while it is served; reviews and jobs say so themselves. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        retry: (failures, error) =>
          failures < 3 && error instanceof SourceError && ['busy', 'offline'].includes(error.code),
      },
      mutations: { onError: error => tell(error.message) },
    },
  })
}

export const useExplainerQuery = (): UseQueryResult<ExplainerInfo> => {
  const source = useSource()
  return useQuery({ queryKey: ['explainer'], queryFn: () => source.explainer() })
}

export const useOverview = (): UseQueryResult<Overview> => {
  const source = useSource()
  return useQuery({ queryKey: ['overview'], queryFn: () => source.overview() })
}

export const useColumns = (split: Split): UseQueryResult<ExampleColumns> => {
  const source = useSource()
  return useQuery({ queryKey: ['columns', split], queryFn: () => source.columns(split) })
}

/**
 * An explanation; of nothing where `question` is null. While another output of the same example is explained, what
 * stood there before stays.
 */
export const useAnswer = (question: Question | null): UseQueryResult<Answer> => {
  const source = useSource()
  return useQuery({
    queryKey: ['explain', question?.example, question],
    queryFn: ({ signal }) => source.explain(question as Question, signal),
    enabled: question !== null,
    placeholderData: (before, query) =>
      JSON.stringify(query?.queryKey[1]) === JSON.stringify(question?.example) ? before : undefined,
  })
}

/** An explanation of a picture of the user's, told apart by its address in this tab. */
export const usePictureAnswer = (
  picture: { readonly file: File; readonly url: string } | null,
  choices: Parameters<ReturnType<typeof useSource>['explainPicture']>[1],
): UseQueryResult<Answer> => {
  const source = useSource()
  return useQuery({
    queryKey: ['explain-picture', picture?.url, choices],
    queryFn: ({ signal }) => source.explainPicture(picture?.file as File, choices, signal),
    enabled: picture !== null,
    placeholderData: keepPreviousData,
  })
}

/** The maps of a stored example or of a picture of the user's; of nothing where `asked` is null. */
export const useMapsAnswer = (asked: MapsAsked | null): UseQueryResult<MapsAnswer> => {
  const source = useSource()
  const key = asked && ('example' in asked ? asked : [asked.picture.url, asked.choices])
  return useQuery({
    queryKey: ['sensitivity', key],
    queryFn: ({ signal }) => {
      const question = asked as MapsAsked
      return 'example' in question
        ? source.sensitivity(question, signal)
        : source.sensitivityPicture(question.picture.file, question.choices, signal)
    },
    enabled: asked !== null,
  })
}

export type MapsAsked =
  | MapsQuestion
  | { readonly picture: { readonly file: File; readonly url: string }; readonly choices: MapsChoices }

export const useSuspects = (offset: number, limit: number): UseQueryResult<SuspectsPage> => {
  const source = useSource()
  return useQuery({
    queryKey: ['suspects', offset, limit],
    queryFn: () => source.suspects(offset, limit),
    placeholderData: keepPreviousData,
  })
}

export const useMistakes = (split: Split): UseQueryResult<Mistakes> => {
  const source = useSource()
  return useQuery({ queryKey: ['mistakes', split], queryFn: () => source.mistakes(split) })
}

export const useCell = (
  split: Split,
  cell: readonly [number, number] | null,
  k: number,
): UseQueryResult<MistakesCell> => {
  const source = useSource()
  return useQuery({
    queryKey: ['cell', split, cell, k],
    queryFn: () => source.cell(split, ...(cell as readonly [number, number]), k),
    enabled: cell !== null,
  })
}

export const useMap = (): UseQueryResult<ExampleMap | null> => {
  const source = useSource()
  return useQuery({ queryKey: ['map'], queryFn: () => source.map() })
}

/** Where the decisions stand among what was asked. */
export const REVIEW = ['review'] as const

/** The decisions, asked for again when a person comes back to the tab: another one may have made some. */
export const useReview = (): UseQueryResult<Review | null> => {
  const source = useSource()
  return useQuery({
    queryKey: REVIEW,
    queryFn: () => source.review(),
    staleTime: 0,
    refetchOnWindowFocus: true,
  })
}

const JOBS = ['jobs'] as const

/** All jobs, the newest first, as they go on. */
export const useJobs = (): readonly Job[] => {
  const source = useSource()
  return useQuery({ queryKey: JOBS, queryFn: () => source.jobs() }).data ?? []
}

/** Listens for jobs, once for the whole application; one that made the map brings it. */
export function useJobEvents(): void {
  const source = useSource()
  const client = useQueryClient()
  useEffect(
    () =>
      source.onJob(job => {
        client.setQueryData(JOBS, (jobs: readonly Job[] = []) => withJob(jobs, job))
        if (job.kind === 'map' && job.status === 'done') void client.invalidateQueries({ queryKey: ['map'] })
        if (job.status === 'failed' && job.error) tell(job.error.message)
      }),
    [source, client],
  )
}

/** Jobs with one as it is now. */
const withJob = (jobs: readonly Job[], job: Job): readonly Job[] =>
  jobs.some(({ id }) => id === job.id)
    ? jobs.map(known => (known.id === job.id ? job : known))
    : [job, ...jobs]

export function useJobChanges() {
  const source = useSource()
  const client = useQueryClient()
  return {
    start: useMutation({
      mutationFn: (job: NewJob) => source.startJob(job),
      onSuccess: job =>
        client.setQueryData(JOBS, (jobs: readonly Job[] = []) => withJob(jobs, job)) as undefined,
    }),
    cancel: useMutation({ mutationFn: (id: string) => source.cancelJob(id) }),
  }
}
