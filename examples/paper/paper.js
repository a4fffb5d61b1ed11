// The experiments of Yeh et al. (2018), "Representer Point Selection for Explaining Deep Neural Networks".
//
//   npm run paper -- [EXPERIMENT…] [--cifar10 FOLDER] [--work FOLDER]
//
// --help says what there is to choose from. Each experiment writes its own parts of docs/paper.md, and its figures to
// docs/paper. The exit code is 1 where what has to be reached is missed, and 2 where the command line is wrong.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { choicesOf, EXPERIMENTS, help } from './choices.js'
import { datasetsHere, openDataset } from './datasets.js'
import { openRuntime, svgFile, UserError } from './library.js'
import { image, withPart } from './page.js'

/** Those that make their own data. */
const OWN_DATA = ['fig8']

const DOCS = new URL('../../docs/', import.meta.url)
const PAGE = fileURLToPath(new URL('paper.md', DOCS))

const { names, ...setting } = choices()
if (setting.help) {
  process.stdout.write(help())
  process.exit(0)
}

const say = text => process.stderr.write(`${text}\n`)
const runtime = openRuntime()
mkdirSync(new URL('paper/', DOCS), { recursive: true })

let missed = 0
for (const name of names.filter(name => OWN_DATA.includes(name))) await runOne(name, name, null)
const onData = names.filter(name => !OWN_DATA.includes(name))
for (const id of onData.length > 0 ? datasetsHere(setting.cifar10) : []) {
  const dataset = await openDataset(id, { ...setting, say })
  for (const name of onData) await runOne(name, `${name} ${id}`, dataset)
  await dataset.close()
}
process.exitCode = missed === 0 ? 0 : 1

async function runOne(name, part, dataset) {
  say(part)
  const { run } = await import(EXPERIMENTS[name].file)
  const begin = performance.now()
  const { parts, checks = [] } = await run({ dataset, runtime, say: text => say(`  ${text}`) })
  write(part, parts)
  for (const { what, reached } of checks) {
    say(`  ${what}: ${reached ? 'reached' : 'missed'}`)
    missed += Number(!reached)
  }
  say(`  done in ${((performance.now() - begin) / 1000).toFixed(0)} s`)
}

/** Writes figures to files, and texts with these figures into the page. */
function write(name, parts) {
  let figures = 0
  const markdown = parts.map(part => {
    if (typeof part === 'string') return part
    const file = `${name.replace(' ', '-')}${figures++ > 0 ? `-${figures}` : ''}.svg`
    writeFileSync(new URL(`paper/${file}`, DOCS), svgFile(part))
    return `**${part.title}**\n\n${image(file, part)}`
  })
  writeFileSync(PAGE, withPart(readFileSync(PAGE, 'utf8'), name, markdown.join('\n\n')))
}

function choices() {
  try {
    return choicesOf(process.argv.slice(2), process.env)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    process.stderr.write(`${error.message}\n`)
    return process.exit(2)
  }
}
