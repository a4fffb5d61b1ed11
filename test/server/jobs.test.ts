import { describe, expect, test } from 'vitest'
import { JobEvents } from '../../src/server/events.ts'
import { type JobHooks, type JobKind, Jobs } from '../../src/server/jobs.ts'
import type { Job } from '../../src/server/wire.ts'
import { UserError } from '../../src/user-error.ts'
import { PROGRAM, served } from './served.ts'

/** Work that a test ends as it likes. */
function work() {
  const begun: (JobHooks & { kind: JobKind; done: () => void; fail: (error: unknown) => void })[] = []
  const run = (kind: JobKind, hooks: JobHooks): Promise<null> =>
    new Promise((resolve, reject) => {
      begun.push({ kind, ...hooks, done: () => resolve(null), fail: reject })
      hooks.signal.addEventListener('abort', () => reject(hooks.signal.reason))
    })
  return { begun, run }
}

const settled = () => new Promise(resolve => setImmediate(resolve))

describe('jobs', () => {
  test('are one of a kind at a time', async () => {
    const { begun, run } = work()
    const jobs = new Jobs(run, () => undefined)
    const map = jobs.start({ kind: 'map' })
    expect(() => jobs.start({ kind: 'map' })).toThrow(`job of kind map: ${map.id} runs`)
    jobs.start({ kind: 'relabel' })
    begun[0].done()
    await settled()
    expect(jobs.get(map.id).status).toBe('done')
    expect(jobs.start({ kind: 'map' }).id).not.toBe(map.id)
  })

  test('that are cancelled are told to stop, and hold their place until they have', async () => {
    const jobs = new Jobs(
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => setTimeout(() => reject(new Error('stopped')), 5))
        }),
      () => expect.unreachable(),
    )
    const { id } = jobs.start({ kind: 'map' })
    jobs.cancel(id)
    await settled()
    expect(() => jobs.start({ kind: 'map' })).toThrow('runs')
    await jobs.close()
    expect(jobs.get(id).status).toBe('cancelled')
    jobs.cancel(id)
    expect(jobs.get(id).status).toBe('cancelled')
  })

  test('that fail say so in the words of the verb, but of a bug nothing more', async () => {
    const { begun, run } = work()
    const bugs: unknown[] = []
    const jobs = new Jobs(run, bug => bugs.push(bug))
    const { id: mended } = jobs.start({ kind: 'relabel' })
    const { id: bug } = jobs.start({ kind: 'map' })
    begun[0].fail(new UserError('not-found', 'explainer: no labels in it'))
    begun[1].fail(new Error('secret'))
    await settled()
    expect(jobs.get(mended)).toMatchObject({
      status: 'failed',
      error: { code: 'not-found', message: 'explainer: no labels in it' },
    })
    expect(jobs.get(bug).error?.message).not.toContain('secret')
    expect(bugs).toHaveLength(1)
  })

  test('tell what they do until they are asked to stop', async () => {
    const { begun, run } = work()
    const jobs = new Jobs(run, () => undefined)
    const told: Job[] = []
    jobs.events.listen(({ job }) => told.push(job))
    const { id } = jobs.start({ kind: 'map' })
    begun[0].onProgress({ phase: 'layout', done: 1, total: 2 })
    jobs.cancel(id)
    begun[0].onProgress({ phase: 'layout', done: 2, total: 2 })
    await settled()
    expect(told.map(({ status, progress }) => [status, progress.done])).toEqual([
      ['running', 0],
      ['running', 1],
      ['cancelled', 1],
    ])
  })
})

describe('events', () => {
  const job = (done: number) => ({ id: 'map-1', progress: { phase: 'layout', done, total: null } }) as Job

  test('since one that was seen are all after it, in order; of one too old or unknown that is not known', () => {
    const events = new JobEvents(1000)
    expect(events.since(1000)).toEqual([])
    for (let done = 0; done < 300; done++) events.tell(job(done))
    expect(events.since(1299)?.map(({ job }) => job.progress.done)).toEqual([299])
    expect(events.since(1044)?.map(({ id }) => id)).toEqual(Array.from({ length: 256 }, (_, i) => 1045 + i))
    for (const id of [1043, 0, 1301, Number.NaN]) expect(events.since(id)).toBe(null)
  })
})

/** Reads the messages of a stream of events until there are so many. */
async function messages(response: Response, count: number): Promise<{ id: number; job: Job }[]> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const found: { id: number; job: Job }[] = []
  while (found.length < count) {
    text += (await reader?.read())?.value ?? ''
    const parts = text.split('\n\n')
    text = parts.pop() ?? ''
    for (const part of parts.filter(part => part.startsWith('event: job'))) {
      const [, data, id] = /^event: job\ndata: (.*)\nid: (\d+)$/.exec(part) ?? []
      found.push({ id: Number(id), job: JSON.parse(data) })
    }
  }
  await reader?.cancel()
  return found
}

describe('over HTTP', () => {
  test('a job is started, followed, cancelled, and followed again after a break', async () => {
    const { begun, run } = work()
    const { ask, post, app } = await served({ run })
    const started = await post('/api/v1/jobs', { kind: 'map' })
    expect(started.status).toBe(202)
    const { id } = await started.json()
    expect((await post('/api/v1/jobs', { kind: 'map' })).status).toBe(409)
    expect((await post('/api/v1/jobs', { kind: 'mop' })).status).toBe(400)

    const stream = await ask('/api/v1/events')
    expect(stream.headers.get('content-type')).toBe('text/event-stream')
    expect(stream.headers.get('cache-control')).toContain('no-transform')
    expect(stream.headers.get('content-encoding')).toBe(null)
    begun[0].onProgress({ phase: 'layout', done: 1, total: 4 })
    const [first, second] = await messages(stream, 2)
    expect([first.job.progress.done, second.job.progress.done]).toEqual([0, 1])

    // What happens while nobody listens is told to whoever comes again.
    begun[0].onProgress({ phase: 'layout', done: 2, total: 4 })
    begun[0].onProgress({ phase: 'layout', done: 3, total: 4 })
    const again = await ask('/api/v1/events', {
      headers: { ...PROGRAM, 'last-event-id': String(second.id) },
    })
    const missed = await messages(again, 2)
    expect(missed.map(({ job }) => job.progress.done)).toEqual([2, 3])
    expect(missed.map(({ id }) => id)).toEqual([second.id + 1, second.id + 2])

    const cancelled = await app.request(`http://127.0.0.1:7411/api/v1/jobs/${id}`, {
      method: 'DELETE',
      headers: PROGRAM,
    })
    expect(cancelled.status).toBe(200)
    await settled()
    expect((await (await ask(`/api/v1/jobs/${id}`)).json()).status).toBe('cancelled')
    // Of a server that was started anew nothing is known: then how every job is is told.
    const anew = await messages(
      await ask('/api/v1/events', { headers: { ...PROGRAM, 'last-event-id': '7' } }),
      1,
    )
    expect(anew[0].job).toMatchObject({ id, status: 'cancelled' })
  })

  test('streams end when the server does', async () => {
    const farewell = new AbortController()
    const { ask } = await served({ farewell: farewell.signal })
    const stream = await ask('/api/v1/events')
    farewell.abort()
    expect(await stream.text()).toBe(': ping\n\n')
  })
})
