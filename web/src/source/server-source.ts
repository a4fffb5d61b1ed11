import type { Job, MapsChoices, Problem } from '../../../src/server/wire.ts'
import { formatRows } from '../view/row-ranges.ts'
import { type PictureChoices, type Source, SourceError } from './source.ts'

/** The server's interface, as src/server/wire.ts says it. */
export function serverSource(base: URL): Source {
  const api = new URL('api/v1/', base)
  const address = (path: string): string => new URL(path, api).href
  const get = <T>(path: string): Promise<T> => ask<T>(address(path))
  const post = <T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> =>
    ask<T>(address(path), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    })
  const postPicture = <T>(path: string, picture: File, signal?: AbortSignal): Promise<T> =>
    ask<T>(address(path), {
      method: 'POST',
      headers: { 'content-type': picture.type || 'application/octet-stream' },
      body: picture,
      ...(signal && { signal }),
    })

  return {
    kind: 'server',
    explainer: () => get('explainer'),
    overview: () => get('overview'),
    columns: split => get(`columns/${split}`),
    explain: (question, signal) => post('explain', question, signal),
    explainPicture: (picture, choices, signal) =>
      postPicture(`explain/picture${pictureQuery(picture.name, choices)}`, picture, signal),
    sensitivity: (question, signal) => post('sensitivity', question, signal),
    sensitivityPicture: (picture, choices, signal) =>
      postPicture(`sensitivity/picture${pictureQuery(picture.name, choices)}`, picture, signal),
    suspects: (offset, limit) => get(`suspects?offset=${offset}&limit=${limit}`),
    mistakes: split => get(`mistakes?split=${split}`),
    cell: (split, label, predicted, k) => get(`mistakes/${label}/${predicted}?split=${split}&k=${k}`),
    map: () => get('map'),
    review: () => get('corrections'),
    decide: decision => post('corrections', decision),
    undo: () => post('corrections/undo', {}),
    redo: () => post('corrections/redo', {}),
    exportUrl: (format, rows) =>
      address(`corrections/export?format=${format}${rows ? `&rows=${formatRows(rows)}` : ''}`),
    pandas: () => askText(address('corrections/pandas')),
    jobs: () => get('jobs'),
    startJob: job => post('jobs', job),
    cancelJob: async id => {
      await respond(address(`jobs/${encodeURIComponent(id)}`), { method: 'DELETE' })
    },
    onJob: changed => listen(address('events'), changed),
    pictureUrl: (fingerprint, split, row) =>
      address(`pictures/${split}/${row}?v=${encodeURIComponent(fingerprint)}`),
  }
}

/** Choices as the address of a picture's explanation says them. */
function pictureQuery(
  name: string,
  { output, contrast, k, within, method, timesInput }: PictureChoices & MapsChoices,
): string {
  const search = new URLSearchParams({ name })
  if (method !== undefined) search.set('method', method)
  if (timesInput !== undefined) search.set('timesInput', String(timesInput))
  for (const part of contrast ?? []) search.append('contrast', String(part))
  if (!contrast && output !== undefined) search.set('output', String(output))
  if (k !== undefined) search.set('k', String(k))
  if (within !== undefined) search.set('within', String(within))
  return `?${search}`
}

const ask = async <T>(address: string, init?: RequestInit): Promise<T> =>
  (await respond(address, init)).json() as Promise<T>

const askText = async (address: string): Promise<string> => (await respond(address)).text()

/** Errors: SourceError, with the server's own sentence where it gave one. */
async function respond(address: string, init: RequestInit = {}): Promise<Response> {
  let response: Response
  try {
    response = await fetch(address, init)
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw new SourceError('offline', 'the server does not answer, see whether `representer serve` still runs')
  }
  if (response.ok) return response
  throw await problemOf(response)
}

/** What a response that is no answer says. */
export async function problemOf(response: Response): Promise<SourceError> {
  const problem = (await response.json().catch(() => null)) as Partial<Problem> | null
  if (typeof problem?.detail === 'string') return new SourceError(problem.code ?? 'internal', problem.detail)
  if (response.status === 401) {
    return new SourceError('unauthorised', 'not signed in, open the link that `representer serve` printed')
  }
  const code = response.status === 404 ? 'not-found' : 'internal'
  return new SourceError(
    code,
    `the server answered ${response.status}, expected what was asked for, see its output`,
  )
}

/** Jobs as they change. The browser connects again by itself, and the server repeats what was missed. */
function listen(address: string, changed: (job: Job) => void): () => void {
  const events = new EventSource(address)
  events.addEventListener('job', ({ data }: MessageEvent<string>) => changed(JSON.parse(data) as Job))
  return () => events.close()
}
