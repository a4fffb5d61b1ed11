import type { Command, Option } from 'commander'

/** What may stand in a place: one of some words, the name of a directory, or of a file. */
export type Values = readonly string[] | 'directory' | 'file'

/** A place for a value, by the name that help gives it. */
export interface Place {
  readonly name: string
  readonly values: Values
}

export interface GrammarOption {
  /** `--help`, and `-h` where it has a short form */
  readonly long: string
  readonly short: string | null
  readonly description: string
  /** What follows it; null where nothing does. */
  readonly takes: Place | null
}

export interface GrammarArgument extends Place {
  /** Whether any number of them may follow. */
  readonly variadic: boolean
}

/** What one verb takes, or the program before any verb. */
export interface Grammar {
  readonly name: string
  readonly description: string
  readonly options: readonly GrammarOption[]
  readonly arguments: readonly GrammarArgument[]
}

export interface ProgramGrammar extends Grammar {
  readonly verbs: readonly Grammar[]
}

/** What the command line takes, as a shell has to know it to complete it: read off the program itself. */
export function grammarOf(program: Command): ProgramGrammar {
  const commands = program.createHelp().visibleCommands(program)
  const verbs = commands.map(command => command.name())
  return {
    ...grammarOfOne(program, verbs),
    verbs: commands.map(command => grammarOfOne(command, verbs)),
  }
}

function grammarOfOne(command: Command, verbs: readonly string[]): Grammar {
  return {
    name: command.name(),
    description: command.description(),
    options: command.createHelp().visibleOptions(command).map(option),
    arguments: command.registeredArguments.map(argument => {
      const name = argument.name()
      const choices = name === 'verb' ? verbs : argument.argChoices
      return { ...placeOf(name, choices), variadic: argument.variadic }
    }),
  }
}

function option({ long = '', short, flags, description, argChoices }: Option): GrammarOption {
  const name = /[<[](.+)[>\]]/.exec(flags)?.[1]
  return {
    long,
    short: short ?? null,
    description,
    takes: name === undefined ? null : placeOf(name, argChoices),
  }
}

function placeOf(name: string, choices: readonly string[] | undefined): Place {
  return { name, values: choices ?? (name === 'dir' ? 'directory' : 'file') }
}
