import { type ServeOptions, serve } from '../server/serve.node.ts'
import { UserError } from '../user-error.ts'
import { colour, errorColour } from './colour.ts'
import { onEnter, openBrowser } from './launch.node.ts'
import type { Reporter } from './reporter.ts'

export interface ServeFlags extends Omit<ServeOptions, 'onBug'> {
  readonly open: boolean
  readonly json: boolean
  readonly quiet: boolean
}

/** Serves until the signal; then everything that was begun is finished. */
export async function runServe(
  { open, json, quiet, ...options }: ServeFlags,
  report: Reporter,
  signal: AbortSignal,
): Promise<void> {
  const server = await serve({ ...options, onBug: tell })
  const { port } = server
  const url = server.launchUrl()
  const given = typeof options.token === 'string'
  report.text(
    json
      ? `${JSON.stringify({ url, token: given ? null : server.token, port, pid: process.pid })}\n`
      : `Local: ${colour.cyan(url)}\n`,
  )
  if (open) openBrowser(json ? server.launchUrl() : url)
  const stopListening = onEnter(() => report.text(`Local: ${colour.cyan(server.launchUrl())}\n`))
  if (!json && !quiet)
    report.notes(['Enter prints a fresh link, which lets one more browser in; Ctrl-C ends the server'])
  await new Promise<void>(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
  stopListening()
  await server.close()
}

function tell(error: unknown): void {
  if (error instanceof UserError) {
    process.stderr.write(`${errorColour.red('error')}: ${error.message}\n`)
    return
  }
  const { stack } = error instanceof Error ? error : new Error(String(error))
  process.stderr.write(`${errorColour.red('error')}: this is a bug in representer\n${stack}\n`)
}
