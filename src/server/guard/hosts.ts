/** What names the server goes by. */
export interface HostNames {
  readonly port: number
  /** The address that it listens on; a loopback address, or one that the user named */
  readonly host: string
  /** Names that the user allows besides, with a port or for any */
  readonly allowed: readonly string[]
}

/** Addresses that only this machine reaches. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

/** An address that stands for all of the machine's. */
const EVERY_ADDRESS = ['0.0.0.0', '[::]']

/** Whether only this machine reaches a server that listens there. */
export const isLoopback = (host: string): boolean => LOOPBACK.includes(inUrl(host))

/** A host as it stands in an address: IPv6, which has colons, in brackets; names in lower case. */
export function inUrl(host: string): string {
  const name = host.toLowerCase()
  return /^[^[]*:.*:/.test(name) ? `[${name}]` : name
}

/**
 * Whether a Host header names this server. A page of another site can have its own name lead to this address
 * (DNS rebinding): then the browser takes our answers for that page's, and the name is what tells.
 */
export class Hosts {
  readonly #ours = new Set<string>()
  /** Names behind which a proxy may end TLS. */
  readonly #allowed = new Set<string>()

  constructor({ port, host, allowed }: HostNames) {
    const own = EVERY_ADDRESS.includes(inUrl(host)) ? [] : [inUrl(host)]
    for (const name of [...LOOPBACK, ...own]) for (const spelt of withPort(name, port)) this.#ours.add(spelt)
    for (const name of allowed.map(inUrl)) {
      this.#allowed.add(name)
      if (!/:\d+$/.test(name)) this.#allowed.add(`${name}:${port}`)
    }
  }

  has(header: string | undefined): boolean {
    const name = header?.toLowerCase()
    return name !== undefined && (this.#ours.has(name) || this.#allowed.has(name))
  }

  /** Whether a page of this origin is ours, that was asked for by this Host. */
  isOrigin(origin: string, header: string): boolean {
    const name = header.toLowerCase()
    return origin === `http://${name}` || (this.#allowed.has(name) && origin === `https://${name}`)
  }
}

/** HTTP leaves its own port out. */
const withPort = (name: string, port: number): string[] =>
  port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]
