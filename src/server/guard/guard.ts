import type { Context, MiddlewareHandler } from 'hono'
import { Refusal } from '../problem.ts'
import { entrancePage } from './entrance.ts'
import type { Hosts } from './hosts.ts'
import type { Tokens } from './tokens.node.ts'

export interface GuardOptions {
  readonly hosts: Hosts
  /** null to let everybody on this machine in */
  readonly tokens: Tokens | null
  /** An origin whose pages may show ours in a frame */
  readonly embed?: string
}

const SAFE_METHODS = ['GET', 'HEAD']
const OWN_SITES = ['same-origin', 'none']

/**
 * Who is answered, asked before anything else is done: the Host has to be ours, then the page that asks, then
 * whoever asks has to be known.
 */
export function guard({ hosts, tokens, embed }: GuardOptions): MiddlewareHandler {
  return async (c, next) => {
    const host = c.req.header('host')
    if (host === undefined || !hosts.has(host)) {
      throw forbidden(
        'host: not a name of this server, open the address that it printed, or allow the name with --allowed-host',
      )
    }
    const isProgram = tokens?.isBearer(c.req.header('authorization')) ?? false
    const isBrowser = tokens?.isCookie(c.req.header('cookie')) ?? false
    expectOwnPage(c, { hosts, host, embed, isProgram, isBrowser, isOpen: tokens === null })
    const isKnown = tokens === null || isProgram || isBrowser
    if (!isLaunch(c)) return isKnown ? next() : entrance(c, 'this server answers only who it knows')
    // Whoever is in already spends the link too: nobody else is to come in by it.
    const cookie = tokens?.redeem(c.req.query('token') ?? '') ?? null
    return isKnown ? toCleanAddress(c) : launch(c, cookie)
  }
}

interface Asking {
  readonly hosts: Hosts
  readonly host: string
  readonly embed: string | undefined
  readonly isProgram: boolean
  readonly isBrowser: boolean
  /** Everybody on this machine is let in */
  readonly isOpen: boolean
}

/** No page but ours may ask: by its origin where the browser tells it, else by what it says of the site. */
function expectOwnPage(c: Context, { hosts, host, embed, isProgram, isBrowser, isOpen }: Asking): void {
  const origin = c.req.header('origin')
  const site = c.req.header('sec-fetch-site')
  if (origin !== undefined && !hosts.isOrigin(origin, host)) {
    throw forbidden('origin: another than this server, its pages alone may ask it')
  }
  if (site !== undefined && !OWN_SITES.includes(site) && !(embed !== undefined && isFrame(c))) {
    throw forbidden('sec-fetch-site: another site asks, open the address in a tab of its own')
  }
  if (SAFE_METHODS.includes(c.req.method) || origin !== undefined || isProgram) return
  if (isOpen || (isBrowser && site !== undefined)) return
  throw forbidden('origin: none, expected that of this server, or a token in Authorization: Bearer')
}

/** A page of ours that is loaded into a frame. */
const isFrame = (c: Context): boolean =>
  c.req.method === 'GET' &&
  c.req.header('sec-fetch-mode') === 'navigate' &&
  c.req.header('sec-fetch-dest') === 'iframe'

const isLaunch = (c: Context): boolean =>
  c.req.method === 'GET' && !c.req.path.startsWith('/api/') && c.req.query('token') !== undefined

function launch(c: Context, cookie: string | null): Response {
  if (cookie === null) return entrance(c, 'this link was used before, or is of a server that has ended')
  const response = toCleanAddress(c)
  response.headers.set('set-cookie', cookie)
  return response
}

/** The same page without the token, so that no history keeps it. */
function toCleanAddress(c: Context): Response {
  const { pathname, searchParams } = new URL(c.req.url)
  searchParams.delete('token')
  const query = searchParams.toString()
  // Of two slashes in front the browser would take what follows for another server.
  const path = pathname.replace(/^\/+/, '/')
  return new Response(null, {
    status: 303,
    headers: { location: query === '' ? path : `${path}?${query}`, 'cache-control': 'no-store' },
  })
}

/** Says how to get in: to a person as a page, to a program as a problem. */
function entrance(c: Context, found: string): Response {
  if (!c.req.path.startsWith('/api/') && (c.req.header('accept') ?? '').includes('text/html')) {
    return new Response(entrancePage(found), {
      status: 401,
      headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
    })
  }
  throw new Refusal(401, 'unauthorised', `${found}, expected a token in Authorization: Bearer`, {
    'www-authenticate': 'Bearer',
  })
}

const forbidden = (sentence: string): Refusal => new Refusal(403, 'forbidden', sentence)
