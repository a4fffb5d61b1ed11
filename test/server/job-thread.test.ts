import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { jobThreads } from '../../src/server/job-thread.node.ts'
import { Jobs } from '../../src/server/jobs.ts'
import { temporaryDirectory } from '../app/bundle.ts'

/** Jobs in threads that say they began, and then do what `body` says. */
async function jobsOf(body: string) {
  const folder = await temporaryDirectory()
  const program = join(folder, 'program.mjs')
  const begin = `parentPort.postMessage({ progress: { phase: 'begun', done: 0, total: null } })`
  await writeFile(program, `import { parentPort } from 'node:worker_threads'\n${begin}\n${body}\n`)
  const bugs: unknown[] = []
  const jobs = new Jobs(jobThreads({ directory: 'nowhere' }, pathToFileURL(program)), bug => bugs.push(bug))
  const begun = new Promise<void>(resolve => {
    jobs.events.listen(({ job }) => job.progress.phase === 'begun' && resolve())
  })
  return { jobs, begun, bugs, folder }
}

test('a map that hears nothing while it computes is ended all the same', async () => {
  const { jobs, begun, bugs } = await jobsOf('for (;;) {}')
  const { id } = jobs.start({ kind: 'map' })
  await begun
  jobs.cancel(id)
  await jobs.close()
  expect(jobs.get(id)).toMatchObject({ status: 'cancelled', error: null })
  // Its place is free.
  expect(jobs.start({ kind: 'map' }).id).not.toBe(id)
  await jobs.close()
  expect(bugs).toEqual([])
})

test('a thread that hears of the stop tidies up first', async () => {
  const { jobs, begun, folder } = await jobsOf(`import { writeFileSync } from 'node:fs'
parentPort.once('message', () => {
  writeFileSync(new URL('tidied', import.meta.url), '')
  parentPort.postMessage({ failure: { code: 'internal', message: 'stopped' } })
  parentPort.close()
})`)
  const { id } = jobs.start({ kind: 'relabel' })
  await begun
  jobs.cancel(id)
  await jobs.close()
  expect(jobs.get(id).status).toBe('cancelled')
  expect(await readdir(folder)).toContain('tidied')
})
