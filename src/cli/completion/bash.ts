import type { Grammar, ProgramGrammar, Values } from './grammar.ts'

/**
 * For bash from 3.2 on. Files are left to bash itself, which quotes their names as it has to: the function
 * then answers nothing.
 */
export function bashScript(program: ProgramGrammar): string {
  const { name, verbs } = program
  const fn = `_${name}`
  return `# Completes the verbs and options of ${name} in bash: source it.

${fn}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} verb= words= i
  # bash takes --name=value for three words.
  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ \${COMP_WORDS[i]} != -* ]]; then
      verb=\${COMP_WORDS[i]}
      break
    fi
  done
  COMPREPLY=()
  case $verb:$prev in
${verbs.flatMap(valueCases).join('\n')}
    *)
      case $verb:$cur in
        :-*) words='${optionWords(program)}' ;;
        :*) words='${verbs.map(verb => verb.name).join(' ')}' ;;
${verbs.flatMap(wordCases).join('\n')}
      esac ;;
  esac
  if [[ $words ]]; then
    compopt +o default 2>/dev/null
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  fi
}

complete -o default -F ${fn} ${name}
`
}

/** What completes the value of an option: a case for each way, with all options that are completed so. */
function valueCases({ name, options }: Grammar): string[] {
  const ways = new Map<string, string[]>()
  for (const { long, takes } of options) {
    if (takes === null) continue
    const way = completing(takes.values)
    ways.set(way, [...(ways.get(way) ?? []), `${name}:${long}`])
  }
  return [...ways].map(([way, patterns]) => `    ${patterns.join(' | ')}) ${way} ;;`)
}

/** What completes a word that is no option's value. */
function wordCases(verb: Grammar): string[] {
  const choices = verb.arguments.map(({ values }) => values).find(values => typeof values !== 'string')
  return [
    ...(verb.options.length > 0 ? [`        ${verb.name}:-*) words='${optionWords(verb)}' ;;`] : []),
    ...(choices ? [`        ${verb.name}:*) ${completing(choices)} ;;`] : []),
  ]
}

function completing(values: Values): string {
  if (values === 'file') return 'return'
  return values === 'directory' ? 'compopt -o dirnames +o default 2>/dev/null' : `words='${values.join(' ')}'`
}

function optionWords({ options }: Grammar): string {
  return options.map(({ long }) => long).join(' ')
}
