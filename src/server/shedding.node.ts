import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { busy } from './admission.ts'
import { securityHeaders } from './guard/headers.ts'
import type { Hosts } from './guard/hosts.ts'
import { Line } from './line.ts'
import { problemOf } from './problem.ts'

/** The address of questions about features and stored examples, which take microseconds; pictures take longer. */
const QUESTIONS = /^\/api\/v1\/explain(?:\?|$)/

interface Asked {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

export interface SheddingOptions {
  readonly hosts: Hosts
  /** How many questions are in hand at a time */
  readonly room: number
  /** Milliseconds that a question waits at most before it is refused */
  readonly patience: number
  /** An origin whose pages may show ours in a frame */
  readonly embed?: string
}

/**
 * Has questions wait in line before anything is made of them, and refuses those that waited too long: so a refusal
 * costs little beside an answer, and whoever is answered is answered soon, however many ask.
 */
export function shedding(listener: RequestListener, options: SheddingOptions): RequestListener {
  const { hosts, room, patience, embed } = options
  const { status, headers, body } = problemOf(busy())
  const told = { ...securityHeaders(embed), ...headers, 'content-length': Buffer.byteLength(body) }
  const line: Line<Asked> = new Line({
    room,
    patience,
    admit({ request, response }) {
      // A response that waits for another on its connection is never closed where the connection is.
      const leave = (): void => {
        response.off('close', leave)
        request.socket.off('close', leave)
        line.leave()
      }
      response.once('close', leave)
      request.socket.once('close', leave)
      listener(request, response)
    },
    isGone: ({ request, response }) => response.destroyed || request.socket.destroyed,
    refuse: ({ response }) => response.writeHead(status, told).end(body),
  })
  return (request, response) => {
    if (QUESTIONS.test(request.url ?? '') && hosts.has(request.headers.host))
      line.enter({ request, response })
    else listener(request, response)
  }
}
