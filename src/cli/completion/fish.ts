import type { Grammar, ProgramGrammar, Values } from './grammar.ts'

/** For fish from 3.0 on: one line for each thing that can stand somewhere. */
export function fishScript(program: ProgramGrammar): string {
  const { name, verbs } = program
  const atStart = '__fish_use_subcommand'
  const lines = [
    ...verbs.map(verb => `-n ${atStart} -f -a ${verb.name} -d ${quoted(verb.description)}`),
    ...completions(program, atStart),
    ...verbs.flatMap(verb => completions(verb, `'__fish_seen_subcommand_from ${verb.name}'`)),
  ]
  return `# Completes the verbs and options of ${name} in fish: source it.

${lines.map(line => `complete -c ${name} ${line}`).join('\n')}
`
}

/** What a verb takes, under the condition that it was given. */
function completions({ options, arguments: positions }: Grammar, condition: string): string[] {
  const choices = positions.map(({ values }) => values).find(values => typeof values !== 'string')
  return [
    ...options.map(({ long, short, description, takes }) =>
      [
        `-n ${condition}`,
        ...(short === null ? [] : [`-s ${short.slice(1)}`]),
        `-l ${long.slice(2)}`,
        ...(takes === null ? [] : [value(takes.values)]),
        `-d ${quoted(description)}`,
      ].join(' '),
    ),
    ...(choices ? [`-n ${condition} -f -a ${quoted(choices.join(' '))}`] : []),
  ]
}

/** -r: a value follows; -x: and it is none of the files that fish offers by itself. */
function value(values: Values): string {
  if (values === 'file') return '-r'
  return values === 'directory'
    ? "-x -a '(__fish_complete_directories)'"
    : `-x -a ${quoted(values.join(' '))}`
}

const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`
