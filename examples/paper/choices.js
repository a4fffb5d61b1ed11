// What a run of the experiments is asked for, read from the command line; refused before anything runs.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { CIFAR10_FILES } from './datasets.js'
import { UserError } from './library.js'

/** What each experiment is imported from and shows, in the order in which they run. */
export const EXPERIMENTS = {
  fig1: { file: './fidelity.js', shows: 'outputs made up of representer values beside the given ones' },
  fig2: { file: './debugging.js', shows: 'finding flipped labels' },
  fig3: { file: './beside.js', shows: 'representer values side by side with influence' },
  fig5: { file: './mistakes.js', shows: 'behind a whole class of mistakes' },
  fig6: { file: './maps.js', shows: 'sensitivity maps and their parts' },
  table1: { file: './cost.js', shows: 'what values cost' },
  fig7: { file: './collapse.js', shows: 'how influence collapses' },
  fig8: { file: './toy.js', shows: 'a toy, on data of its own' },
  fig9: { file: './scores.js', shows: 'scores against each other' },
}

/** Figures that another one's experiment draws too. */
const SAME = new Map([
  ['fig4', 'fig3'],
  ['fig10', 'fig3'],
])

const OPTIONS = {
  cifar10: { type: 'string' },
  work: { type: 'string', default: 'representer-paper' },
  help: { type: 'boolean', short: 'h', default: false },
}

/**
 * The experiments to run, in the order in which they were named, and where their data are.
 *
 * @param {readonly string[]} args what stands behind the program's name
 * @param {{ REPRESENTER_CIFAR10?: string }} environment
 * @returns {{ help: boolean, names: string[], cifar10: string | undefined, work: string }}
 * @throws UserError on an option or experiment that there is not, and on a folder without CIFAR-10's files
 */
export function choicesOf(args, environment) {
  const { values, positionals } = parsed(args)
  const names = positionals.map(name => SAME.get(name) ?? name)
  const unknown = names.find(name => !Object.hasOwn(EXPERIMENTS, name))
  if (unknown !== undefined) {
    const known = [...Object.keys(EXPERIMENTS), ...SAME.keys()].join(', ')
    throw new UserError('usage', `experiment not found: ${unknown}, expected one of ${known}`)
  }
  const cifar10 = values.cifar10 ?? (environment.REPRESENTER_CIFAR10 || undefined)
  if (cifar10 !== undefined && !values.help) expectFiles(cifar10)
  return { ...values, cifar10, names: names.length > 0 ? [...new Set(names)] : Object.keys(EXPERIMENTS) }
}

function parsed(args) {
  try {
    return parseArgs({ args, allowPositionals: true, options: OPTIONS })
  } catch (error) {
    throw new UserError('usage', error.message, { cause: error })
  }
}

function expectFiles(folder) {
  const missing = CIFAR10_FILES.filter(file => !existsSync(join(folder, file)))
  if (missing.length === 0) return
  throw new UserError(
    'usage',
    `folder of CIFAR-10: ${folder} has no ${missing.join(', ')}, expected ${CIFAR10_FILES.join(', ')} in it`,
  )
}

/** What there is to choose from. */
export function help() {
  const lines = Object.entries(EXPERIMENTS).map(([name, { shows }]) => {
    const others = [...SAME.keys()].filter(other => SAME.get(other) === name)
    return `  ${[name, ...others].join(', ').padEnd(18)}${shows}\n`
  })
  return `Usage: npm run paper -- [EXPERIMENT…] [--cifar10 FOLDER] [--work FOLDER]

Repeats the paper's experiments, and writes what they find to docs/paper.md and their figures to docs/paper.

Experiments, all of them unless some are named:
${lines.join('')}
Options:
  --cifar10 FOLDER  on CIFAR-10 too: the folder of ${CIFAR10_FILES.join(', ')};
                    the environment variable REPRESENTER_CIFAR10 unless told, on MNIST alone without both
  --work FOLDER     where explainers are kept from run to run (${OPTIONS.work.default})
  -h, --help        this text
`
}
