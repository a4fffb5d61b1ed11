import { randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 random bits, as they stand in addresses and headers. */
export const randomToken = (): string => randomBytes(32).toString('base64url')

/** Whether two texts are the same, in a time that tells no more than whether they are of one length. */
function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** Launch tokens that are waiting to be used; of more the oldest is forgotten. */
const MOST_WAITING = 16

/**
 * Who is let in: programs by the token in `Authorization: Bearer`, browsers by a cookie that they are given for a
 * launch token, each of which is good for one use.
 */
export class Tokens {
  /** Of programs */
  readonly token: string
  /** Of browsers, until the server ends */
  readonly #session = randomToken()
  readonly #launches: string[] = []
  readonly #cookie: string

  /** @param port in the name of the cookie, since browsers send a cookie to every port */
  constructor(token: string, port: number) {
    this.token = token
    this.#cookie = `representer-${port}`
  }

  /** A token that lets one browser in. */
  issue(): string {
    const launch = randomToken()
    this.#launches.push(launch)
    if (this.#launches.length > MOST_WAITING) this.#launches.shift()
    return launch
  }

  /** Takes a launch token, which is then worth nothing; answers the cookie to set, or null. */
  redeem(launch: string): string | null {
    const at = this.#launches.map(known => isSame(known, launch)).indexOf(true)
    if (at < 0) return null
    this.#launches.splice(at, 1)
    return `${this.#cookie}=${this.#session}; HttpOnly; SameSite=Strict; Path=/`
  }

  /** Whether an Authorization header has the token of programs. */
  isBearer(header: string | undefined): boolean {
    const [, token] = /^bearer +(\S+) *$/i.exec(header ?? '') ?? []
    return token !== undefined && isSame(token, this.token)
  }

  /** Whether a Cookie header has what a launch token was swapped for. */
  isCookie(header: string | undefined): boolean {
    return (header ?? '').split(';').some(pair => {
      const [name, value = ''] = pair.trim().split('=')
      return name === this.#cookie && isSame(value, this.#session)
    })
  }
}
