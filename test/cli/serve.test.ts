import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { fit } from '../../src/app/fit/fit.ts'
import { writeBundle } from '../app/bundle.ts'
import { MAIN, run } from './command.ts'

/** Starts the built command, and waits for its first line. */
async function started(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN, 'serve', ...args], { env: { ...process.env, ...env } })
  onTestFinished(() => void child.kill('SIGKILL'))
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', text => {
    stdout += text
  })
  child.stderr.on('data', text => {
    stderr += text
  })
  const [line] = await once(createInterface(child.stdout), 'line')
  return { child, line: String(line), output: () => ({ stdout, stderr }) }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number> {
  child.kill(signal)
  const [code] = await once(child, 'close')
  return code
}

async function explainer(): Promise<string> {
  const bundle = await writeBundle({ n: 60 })
  await fit(bundle)
  return bundle.out
}

test('serve prints one line of JSON for programs, answers them, and ends in order', async () => {
  const { child, line, output } = await started([await explainer(), '--port', 'auto', '--json'])
  const { url, token, port, pid } = JSON.parse(line)
  expect(url).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/\\?token=[\\w-]{43}$`))
  expect(pid).toBe(child.pid)
  expect(url).not.toContain(token)
  const headers = { authorization: `Bearer ${token}` }
  expect(await (await fetch(`http://127.0.0.1:${port}/api/v1/explainer`, { headers })).json()).toMatchObject({
    n: 60,
  })
  const events = await fetch(`http://127.0.0.1:${port}/api/v1/events`, { headers })
  expect(await ended(child, 'SIGTERM')).toBe(0)
  await events.text()
  expect(output()).toEqual({ stdout: `${line}\n`, stderr: '' })
})

test('serve prints an address that lets one browser in, and keeps a token that was given to itself', async () => {
  const token = 'a-token-that-was-given'
  const { child, line, output } = await started([await explainer(), '--port', 'auto'], {
    REPRESENTER_TOKEN: token,
  })
  const [, url] = /^Local: (http:\S+)$/.exec(line) ?? []
  const first = await fetch(url, { redirect: 'manual' })
  expect([first.status, first.headers.get('location')]).toEqual([303, '/'])
  expect((await fetch(url, { redirect: 'manual' })).status).toBe(401)
  const api = new URL('/api/v1/jobs', url)
  expect((await fetch(api, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200)
  expect((await fetch(`${api}?token=${token}`)).status).toBe(401)
  expect(await ended(child, 'SIGINT')).toBe(0)
  expect(JSON.stringify(output())).not.toContain(token)
})

test.each([
  ['an address of others', ['--host', '0.0.0.0'], 2, 'host: 0.0.0.0, which other machines reach'],
  ['everybody there', ['--host', '0.0.0.0', '--no-token'], 2, 'leave out --no-token'],
  ['a port of words', ['--port', 'any'], 2, 'expected a number'],
  ['a port beyond', ['--port', '70000'], 2, 'port: 70000, expected 1 to 65535, or auto'],
  ['a directory that is none', [], 1, 'no such directory'],
])('serve refuses %s', async (_, args, code, sentence) => {
  const finished = await run(['serve', '/nowhere', ...args], { env: { REPRESENTER_TOKEN: '' } })
  expect(finished.code).toBe(code)
  expect(finished.stderr).toContain(sentence)
  expect(finished.stdout).toBe('')
})

test('serve --no-token lets everybody on this machine in, and says no token', async () => {
  const { child, line } = await started([await explainer(), '--port', 'auto', '--json', '--no-token'])
  const { url, token, port } = JSON.parse(line)
  expect([url, token]).toEqual([`http://127.0.0.1:${port}/`, null])
  expect((await fetch(`${url}api/v1/explainer`)).status).toBe(200)
  expect(await ended(child, 'SIGTERM')).toBe(0)
})
