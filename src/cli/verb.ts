import type { Command } from 'commander'
import { type Reporter, reporter } from './reporter.ts'

/** Options of every verb. */
export interface Common {
  readonly json?: boolean | undefined
  readonly quiet?: boolean | undefined
  readonly verbose?: boolean
}

/** A verb with the options that all of them have. */
export function verb(program: Command, name: string): Command {
  return program
    .command(name)
    .option('--json', 'write one JSON document to stdout and nothing else')
    .option('--quiet', 'no progress and no notes')
    .option('--verbose', 'show where an error came from')
}

export function reporterFor({ json = false, quiet = false }: Common): Reporter {
  return reporter({ json, quiet })
}

/** The last words of help. */
export function example(...commands: string[]): string {
  return `\nExample:\n${commands.map(command => `  $ ${command}`).join('\n')}`
}
