import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, onTestFinished, test } from 'vitest'
import { fit } from '../../src/app/fit/fit.ts'
import { writeBundle } from '../app/bundle.ts'
import { MAIN } from './command.ts'

/** Runs the built command where no file may grow beyond so many KiB, which stands for a disk that is full. */
function limited(kibibytes: number, args: readonly string[]): ChildProcess {
  const shell = 'ulimit -f "$0" && exec "$@"'
  return spawn('bash', ['-c', shell, String(kibibytes), process.execPath, MAIN, ...args])
}

async function explainer(): Promise<string> {
  const bundle = await writeBundle({ n: 60 })
  await fit(bundle)
  return bundle.out
}

describe.skipIf(process.platform === 'win32')('on a full disk', () => {
  test('a report is not written, and nothing is left of it', async () => {
    const directory = await explainer()
    const before = await readdir(dirname(directory))
    const child = limited(4, ['report', directory, '--out', join(directory, '../report')])
    let stderr = ''
    child.stderr?.on('data', text => {
      stderr += text
    })
    const [code] = await once(child, 'close')
    expect([code, stderr]).toEqual([1, expect.stringContaining('report: a larger file than is allowed')])
    expect(await readdir(dirname(directory))).toEqual(before)
  })

  test('a decision that is not kept is refused, and those before it stay', async () => {
    const directory = await explainer()
    const child = limited(1, ['serve', directory, '--port', 'auto', '--json'])
    onTestFinished(() => void child.kill('SIGKILL'))
    const [line] = await once(createInterface(child.stdout as NodeJS.ReadableStream), 'line')
    const { port, token } = JSON.parse(String(line))
    const decide = (row: number) =>
      fetch(`http://127.0.0.1:${port}/api/v1/corrections`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ row, action: 'keep', note: 'n'.repeat(100) }),
      })
    let kept = 0
    let response = await decide(0)
    for (; response.ok; response = await decide(kept)) kept++
    expect(kept).toBeGreaterThan(0)
    expect(await response.json()).toMatchObject({
      status: 500,
      code: 'io',
      detail: expect.stringContaining('a larger file than is allowed'),
    })
    const headers = { authorization: `Bearer ${token}` }
    const review = await fetch(`http://127.0.0.1:${port}/api/v1/corrections`, { headers })
    expect((await review.json()).counts.keep).toBe(kept)
    const log = await readFile(join(directory, 'review/decisions.jsonl'), 'utf8')
    expect(log.split('\n').filter(text => text.endsWith('}'))).toHaveLength(kept)
  })
})
