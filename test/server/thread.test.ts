import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openServed } from '../../src/server/open-served.node.ts'
import { temporaryDirectory } from '../app/bundle.ts'

/**
 * A program that says it is the explainer of the given fingerprint, and which thread it is; a question about a
 * stored example ends it as the `output` says.
 */
async function fakeProgram() {
  const folder = await temporaryDirectory()
  const fingerprint = join(folder, 'fingerprint')
  const program = join(folder, 'program.mjs')
  await writeFile(fingerprint, 'first')
  await writeFile(
    program,
    `import { readFileSync } from 'node:fs'
import { parentPort, threadId } from 'node:worker_threads'
const fingerprint = readFileSync(${JSON.stringify(fingerprint)}, 'utf8')
if (fingerprint === 'damaged') throw new Error('cannot be read')
const ends = {
  exit: () => process.exit(7),
  throw: () => { throw new Error('broken') },
  memory: () => { throw Object.assign(new Error('heap'), { code: 'ERR_WORKER_OUT_OF_MEMORY' }) },
}
parentPort.on('message', questions => {
  for (const { id, verb, asked } of questions) {
    if (verb === 'explain') setTimeout(ends[asked[0].output])
    else parentPort.postMessage([{ id, ready: JSON.stringify({ fingerprint, threadId }) }])
  }
})
parentPort.postMessage([{ id: 0, ready: '' }])
`,
  )
  return { program: pathToFileURL(program), become: (name: string) => writeFile(fingerprint, name) }
}

async function opened() {
  const { program, become } = await fakeProgram()
  const reasons: Error[] = []
  const work = { directory: 'explainer' }
  const { desk, explainer } = await openServed(work, { program, onEnd: reason => reasons.push(reason) })
  onTestFinished(() => desk.close())
  const which = async () => JSON.parse(String(await desk.ask('explainer'))).threadId
  const end = (how: string) => desk.ask('explain', { output: how })
  return { desk, explainer, reasons, become, which, end }
}

const REASONS: Readonly<Record<string, string>> = {
  exit: 'the thread that explains: ended with exit code 7',
  throw: 'broken',
  memory:
    'the thread that explains: no memory left, expected more, set NODE_OPTIONS=--max-old-space-size=8192 for 8 GiB',
}

describe('a thread that ends by itself', () => {
  test.each(Object.keys(REASONS))(
    'with %s is told of once, and another answers what comes then',
    async how => {
      const { which, end, reasons } = await opened()
      const before = await which()
      const taken = await Promise.allSettled([end(how), end(how)])
      for (const outcome of taken) {
        expect(outcome).toMatchObject({
          status: 'rejected',
          reason: {
            status: 503,
            headers: { 'retry-after': '1' },
            message: expect.stringContaining('ask again'),
          },
        })
      }
      // A thread tells of its error first, and then of its end.
      await new Promise(resolve => setTimeout(resolve, 50))
      const after = await Promise.all([which(), which(), which()])
      expect(new Set(after).size).toBe(1)
      expect(after[0]).not.toBe(before)
      expect(reasons.map(({ message }) => message)).toEqual([REASONS[how]])
      await expect(end(how)).rejects.toThrow('ask again')
      expect(await which()).not.toBe(after[0])
    },
  )

  test('leaves the next question to say what is wrong, until that is mended', async () => {
    const { which, end, become } = await opened()
    await expect(end('exit')).rejects.toThrow('ask again')
    await become('damaged')
    await expect(which()).rejects.toThrow('cannot be read')
    await become('second')
    await expect(which()).rejects.toThrow(
      'explainer: another explainer than when the server started, start it again',
    )
    await become('first')
    expect(await which()).toEqual(expect.any(Number))
  })

  test('is not replaced once the server ends', async () => {
    const { desk, which, end } = await opened()
    await expect(end('exit')).rejects.toThrow('ask again')
    await desk.close()
    await expect(which()).rejects.toThrow()
  })
})
