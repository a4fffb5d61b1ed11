import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, onTestFinished } from 'vitest'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import type { Desk } from '../../src/server/answers.ts'
import { createApp, type ServerParts } from '../../src/server/app.ts'
import { Hosts } from '../../src/server/guard/hosts.ts'
import { Tokens } from '../../src/server/guard/tokens.node.ts'
import { Jobs, type RunJob } from '../../src/server/jobs.ts'
import { localDesk } from '../../src/server/local-desk.ts'
import { type BundleSize, temporaryDirectory, writeBundle } from '../app/bundle.ts'

const PORT = 7411
export const HOST = `127.0.0.1:${PORT}`
export const ORIGIN = `http://${HOST}`
export const TOKEN = 'a-token-of-programs'

/** Headers of a program that is let in. */
export const PROGRAM = { host: HOST, authorization: `Bearer ${TOKEN}` }

/** Explainers by the size of their data: tests take copies of them. */
const templates = new Map<string, Promise<string>>()

async function fitted(size: BundleSize): Promise<string> {
  const key = JSON.stringify(size)
  const known = templates.get(key) ?? makeTemplate(size)
  templates.set(key, known)
  return known
}

async function makeTemplate(size: BundleSize): Promise<string> {
  const out = join(await mkdtemp(join(tmpdir(), 'representer-')), 'explainer')
  await fit({ ...(await writeBundle(size)), out })
  return out
}

afterAll(async () => {
  for (const template of templates.values()) await rm(join(await template, '..'), { recursive: true })
})

/** A server of a small explainer, without a socket. */
export async function served({
  size = {},
  run = async () => null,
  desk: wrap = desk => desk,
  ...parts
}: Partial<Omit<ServerParts, 'desk'>> & {
  readonly size?: BundleSize
  readonly run?: RunJob
  readonly desk?: (desk: Desk) => Desk
} = {}) {
  const directory = join(await temporaryDirectory(), 'explainer')
  await cp(await fitted(size), directory, { recursive: true })
  const explainer = await openExplainer(directory)
  const desk = wrap(localDesk(explainer))
  onTestFinished(() => desk.close())
  const bugs: unknown[] = []
  const tokens = new Tokens(TOKEN, PORT)
  const jobs = new Jobs(run, error => bugs.push(error))
  const app = createApp({
    desk,
    jobs,
    farewell: new AbortController().signal,
    explainer: JSON.parse(String(await desk.ask('explainer'))),
    web: null,
    onBug: error => bugs.push(error),
    hosts: new Hosts({ port: PORT, host: '127.0.0.1', allowed: [] }),
    tokens,
    ...parts,
  })
  const ask = (path: string, { headers, ...init }: RequestInit = {}) =>
    app.request(`${ORIGIN}${path}`, { ...init, headers: headers ?? PROGRAM })
  const post = (path: string, body: unknown, headers: Record<string, string> = PROGRAM) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const length = String(new TextEncoder().encode(text).length)
    const told = { 'content-type': 'application/json', 'content-length': length, ...headers }
    return app.request(`${ORIGIN}${path}`, { method: 'POST', body: text, headers: told })
  }
  return { app, ask, post, directory, explainer, desk, tokens, jobs, bugs }
}
