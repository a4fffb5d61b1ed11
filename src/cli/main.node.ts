#!/usr/bin/env node
import { CommanderError } from 'commander'
import { UserError } from '../user-error.ts'
import { errorColour } from './colour.ts'
import { Interruption } from './interruption.ts'
import { buildProgram } from './program.ts'
import { outReason } from './stdout.node.ts'

const FAILED = 1
const USAGE = 2
const INTERRUPTED = 130

const interruption = new Interruption()
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (!interruption.ask()) process.exit(INTERRUPTED)
  })
}
// Progress and notes are for whoever listens.
process.stderr.on('error', () => undefined)
// A reader that has seen enough (`representer … | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  process.stderr.write(`${errorColour.red('error')}: ${outReason(error)}\n`)
  process.exit(FAILED)
})

process.exitCode = await run(process.argv)

async function run(argv: readonly string[]): Promise<number> {
  try {
    await buildProgram(interruption).parseAsync(argv)
    // A verb that answered may still have found something wrong.
    return Number(process.exitCode ?? 0)
  } catch (error) {
    return explainFailure(error, argv.includes('--verbose'))
  }
}

/** Says what went wrong, on stderr, and answers the exit code. */
function explainFailure(error: unknown, verbose: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE
  if (interruption.happened) {
    process.stderr.write('interrupted; nothing was left half-written\n')
    return INTERRUPTED
  }
  if (error instanceof UserError) {
    process.stderr.write(`${errorColour.red('error')}: ${error.message}\n`)
    if (verbose)
      process.stderr.write(`${error.stack}\n${error.cause ? `caused by ${inspectCause(error.cause)}\n` : ''}`)
    return error.code === 'usage' ? USAGE : FAILED
  }
  process.stderr.write(
    `${errorColour.red('error')}: this is a bug in representer\n${(error as Error)?.stack ?? error}\n`,
  )
  return FAILED
}

function inspectCause(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
}
