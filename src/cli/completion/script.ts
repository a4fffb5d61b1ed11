import type { Command } from 'commander'
import { bashScript } from './bash.ts'
import { fishScript } from './fish.ts'
import { grammarOf, type ProgramGrammar } from './grammar.ts'
import { zshScript } from './zsh.ts'

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } satisfies Record<
  string,
  (program: ProgramGrammar) => string
>

export type Shell = keyof typeof SCRIPTS

/** A script that completes the program's command line in a shell. */
export function completionScript(program: Command, shell: Shell): string {
  return SCRIPTS[shell](grammarOf(program))
}
