import type { Grammar, GrammarOption, ProgramGrammar, Values } from './grammar.ts'

/** For zsh: a function that works sourced, and as a file `_NAME` in a directory of $fpath. */
export function zshScript(program: ProgramGrammar): string {
  const { name, verbs } = program
  const fn = `_${name}`
  return `#compdef ${name}
# Completes the verbs and options of ${name} in zsh: source it behind compinit.

${fn}() {
  local context state state_descr line
  typeset -A opt_args
  local -a verbs=(
${verbs.map(verb => `    ${quoted(`${verb.name}:${verb.description}`)}`).join('\n')}
  )
  _arguments -C \\
${indented(program.options.flatMap(optionSpecs), '    ')} \\
    '1:verb:->verb' \\
    '*::argument:->arguments'
  case $state in
    verb) _describe verb verbs ;;
    arguments)
      case $words[1] in
${verbs.map(verbCase).join('\n')}
      esac ;;
  esac
}

if [[ $funcstack[1] == ${fn} ]]; then
  ${fn} "$@"
else
  compdef ${fn} ${name}
fi
`
}

function verbCase({ name, options, arguments: positions }: Grammar): string {
  const specs = [
    ...options.flatMap(optionSpecs),
    ...positions.map(({ name, values, variadic }, i) =>
      quoted(`${variadic ? '*' : i + 1}:${name}:${action(values)}`),
    ),
  ]
  return `        ${name}) _arguments \\\n${indented(specs, '          ')} ;;`
}

/** `'--out=[directory to write]:dir:_files -/'`, which takes its value behind = and as the next word. */
function optionSpecs({ long, short, description, takes }: GrammarOption): string[] {
  const names = short === null ? [long] : [short, long]
  const value = takes === null ? '' : `:${takes.name}:${action(takes.values)}`
  const exclusive = short === null ? '' : `(${names.join(' ')})`
  return names.map(name =>
    quoted(`${exclusive}${name}${takes === null ? '' : '='}[${explained(description)}]${value}`),
  )
}

function action(values: Values): string {
  if (values === 'file') return '_files'
  return values === 'directory' ? '_files -/' : `(${values.join(' ')})`
}

/** Brackets end an explanation. */
const explained = (text: string): string => text.replace(/[\\[\]]/g, '\\$&')

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

const indented = (specs: readonly string[], by: string): string => specs.map(spec => by + spec).join(' \\\n')
