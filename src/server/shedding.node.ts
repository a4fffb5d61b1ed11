import type { RequestListener } from 'node:http'
import { type Admission, busy } from './admission.ts'
import { securityHeaders } from './guard/headers.ts'
import type { Hosts } from './guard/hosts.ts'
import { problemOf } from './problem.ts'

/** Addresses of questions; that of the explainer begins like them. */
const QUESTIONS = /^\/api\/v1\/explain(?:[/?]|$)/

/**
 * Refuses questions beyond what is admitted as soon as they come, before anything is made of them: so a refusal
 * costs little beside an answer, and those who are in are answered as quickly as ever.
 */
export function shedding(
  listener: RequestListener,
  admission: Admission,
  hosts: Hosts,
  embed?: string,
): RequestListener {
  const { status, headers, body } = problemOf(busy())
  const told = { ...securityHeaders(embed), ...headers, 'content-length': Buffer.byteLength(body) }
  return (request, response) => {
    const isShed = admission.isFull && QUESTIONS.test(request.url ?? '') && hosts.has(request.headers.host)
    if (isShed) response.writeHead(status, told).end(body)
    else listener(request, response)
  }
}
