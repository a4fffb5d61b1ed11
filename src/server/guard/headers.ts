import type { MiddlewareHandler } from 'hono'

/** What every answer tells the browser to allow: this server's own files and answers, and nothing else. */
export function securityHeaders(embed?: string): Readonly<Record<string, string>> {
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self' 'wasm-unsafe-eval'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' blob: data:",
      "connect-src 'self'",
      "worker-src 'self' blob:",
      "font-src 'self'",
      "manifest-src 'self'",
      "base-uri 'none'",
      "form-action 'self'",
      `frame-ancestors ${embed === undefined ? "'none'" : `'self' ${embed}`}`,
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'permissions-policy': PERMISSIONS.map(name => `${name}=()`).join(', '),
  }
}

/** Sets headers of every answer, of refusals too. */
export function everyAnswer(headers: Readonly<Record<string, string>>): MiddlewareHandler {
  const entries = Object.entries(headers)
  return async (c, next) => {
    await next()
    for (const [name, value] of entries) c.res.headers.set(name, value)
  }
}

const PERMISSIONS = [
  'camera',
  'microphone',
  'geolocation',
  'usb',
  'serial',
  'payment',
  'display-capture',
  'browsing-topics',
]
