import { setMaxListeners } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { UserError } from '../user-error.ts'
import { createApp } from './app.ts'
import { Hosts, inUrl, isLoopback } from './guard/hosts.ts'
import { randomToken, Tokens } from './guard/tokens.node.ts'
import { jobThreads } from './job-thread.node.ts'
import { Jobs } from './jobs.ts'
import { openServed } from './open-served.node.ts'
import { readWebFiles } from './read-web-files.node.ts'
import { rememberingDesk } from './remembering-desk.ts'
import { shedding } from './shedding.node.ts'

export interface ServeOptions {
  readonly directory: string
  /** 7411 unless told; `auto` takes one that is free */
  readonly port?: number | 'auto'
  /** 127.0.0.1 unless told */
  readonly host?: string
  /** Of programs; a random one unless told, null to let everybody on this machine in */
  readonly token?: string | null
  /** Further names that the server may be asked by */
  readonly allowedHosts?: readonly string[]
  /** An origin whose pages may show ours in a frame */
  readonly embed?: string
  /** How much of the explainer is held in memory at most, such as `2GiB` */
  readonly memory?: string
  /** Folders that pictures have to be in, whatever the explainer names; anywhere unless told */
  readonly roots?: readonly string[]
  /** Told of bugs, and why a thread ended that answered */
  readonly onBug: (error: unknown) => void
}

/** A server that listens. */
export interface Served {
  readonly port: number
  /** Of programs; null where everybody on this machine is let in */
  readonly token: string | null
  /** An address that lets one browser in, once. */
  launchUrl(): string
  /** Answers what is being asked, then lets go of everything. */
  close(): Promise<void>
}

const PORT = 7411

/** Questions in hand at a time, enough that the thread that explains always has some. */
const QUESTIONS = 8

/** Milliseconds that a question waits for its turn; who would wait longer had better ask again. */
const PATIENCE = 8

/** Milliseconds that a request may take to arrive. */
const ARRIVAL = 60_000

/** Of an address with many rows in it, and the rest of a head. */
const HEADER_BYTES = 2 ** 16

/** Milliseconds that answers have to be sent when the server ends. */
const FAREWELL = 5_000

/** Serves an explainer. Errors: UserError where it cannot be opened, or the address is refused or taken. */
export async function serve(options: ServeOptions): Promise<Served> {
  const { directory, memory, roots, embed, allowedHosts = [], onBug } = options
  const host = options.host ?? '127.0.0.1'
  expectPort(options.port ?? PORT)
  expectGuarded(host, options.token)
  if (embed !== undefined) expectOrigin(embed)
  const web = await readWebFiles()
  const work = { directory, ...(memory !== undefined && { memory }) }
  const { desk: asked, explainer } = await openServed({ ...work, ...(roots && { roots }) }, { onEnd: onBug })
  const server = createServer({ requestTimeout: ARRIVAL, maxHeaderSize: HEADER_BYTES })
  try {
    const desk = rememberingDesk(asked)
    const port = await listen(server, host, options.port ?? PORT)
    const hosts = new Hosts({ port, host, allowed: allowedHosts })
    const tokens = options.token === null ? null : new Tokens(options.token ?? randomToken(), port)
    const guarded = { hosts, tokens, ...(embed !== undefined && { embed }) }
    const jobs = new Jobs(jobThreads(work), onBug)
    const farewell = new AbortController()
    // As many pages as there are listen to it.
    setMaxListeners(0, farewell.signal)
    const app = createApp({ desk, jobs, explainer, web, onBug, farewell: farewell.signal, ...guarded })
    const line = { hosts, room: QUESTIONS, patience: PATIENCE, ...(embed !== undefined && { embed }) }
    server.on('request', shedding(getRequestListener(app.fetch), line))
    const url = `http://${inUrl(host)}:${port}/`
    return {
      port,
      token: tokens?.token ?? null,
      launchUrl: () => (tokens === null ? url : `${url}?token=${tokens.issue()}`),
      async close() {
        farewell.abort()
        await Promise.all([closeServer(server), jobs.close()])
        await desk.close()
      },
    }
  } catch (error) {
    server.close()
    await asked.close()
    throw error
  }
}

/** Errors: UserError `usage`. */
function expectPort(port: number | 'auto'): void {
  if (port === 'auto' || (Number.isInteger(port) && port >= 0 && port <= 65535)) return
  throw new UserError('usage', `port: ${port}, expected 1 to 65535, or auto`)
}

/** Characters that a token has at least where other machines can try it. */
const TOKEN_LENGTH = 16

/** Errors: UserError `usage` where machines other than this one could get in. */
function expectGuarded(host: string, token: string | null | undefined): void {
  if (typeof token === 'string' && !/^[\x21-\x7e]+$/.test(token)) {
    throw new UserError('usage', 'token: expected letters, digits and signs without spaces')
  }
  if (isLoopback(host)) return
  if (token === null) {
    throw new UserError(
      'usage',
      `host: ${host}, which other machines reach, expected a token, leave out --no-token`,
    )
  }
  if (token === undefined) {
    throw new UserError(
      'usage',
      `host: ${host}, which other machines reach, expected a token of yours, give one as REPRESENTER_TOKEN or with --token`,
    )
  }
  if (token.length < TOKEN_LENGTH) {
    throw new UserError(
      'usage',
      `token: ${token.length} characters where other machines can try it, expected ${TOKEN_LENGTH} or more`,
    )
  }
}

/** It goes into a header as it is. */
function expectOrigin(embed: string): void {
  const url = URL.canParse(embed) ? new URL(embed) : null
  if (url?.origin === embed && /^https?:$/.test(url.protocol)) return
  throw new UserError('usage', `origin to embed in: ${embed}, expected one such as http://localhost:8888`)
}

function listen(server: Server, host: string, port: number | 'auto'): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)))
    server.listen(port === 'auto' ? 0 : port, host.replace(/^\[|\]$/g, ''), () =>
      resolve((server.address() as AddressInfo).port),
    )
  })
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number | 'auto'): Error {
  const reasons: Record<string, string> = {
    EADDRINUSE: `port ${port}: taken by another program, choose one with --port, or --port auto`,
    EACCES: `port ${port}: not allowed, choose one above 1023 with --port`,
    EADDRNOTAVAIL: `host ${host}: no address of this machine, choose one with --host`,
    ENOTFOUND: `host ${host}: no such name, choose an address with --host`,
  }
  const reason = reasons[error.code ?? '']
  return reason === undefined ? error : new UserError('io', reason, { cause: error })
}

async function closeServer(server: Server): Promise<void> {
  const late = setTimeout(() => server.closeAllConnections(), FAREWELL)
  await new Promise(resolve => {
    server.close(resolve)
    server.closeIdleConnections()
  })
  clearTimeout(late)
}
