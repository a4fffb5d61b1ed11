// The experiments of Yeh et al. (2018), "Representer Point Selection for Explaining Deep Neural Networks".
//
//   npm run paper [-- EXPERIMENT…] [--cifar10 FOLDER] [--work FOLDER]
//
// EXPERIMENT is one of EXPERIMENTS, fig3 being figures 3, 4 and 10; all of them unless given. MNIST comes with the example network; CIFAR-10 is
// taken where FOLDER, or else the environment variable REPRESENTER_CIFAR10, has its arrays. Explainers are kept in
// --work (representer-paper). Each experiment writes its own parts of docs/paper.md, and its figures to docs/paper.
// The exit code is 1 where what has to be reached is missed.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { datasetsHere, openDataset } from './datasets.js'
import { openRuntime, svgFile } from './library.js'
import { image, withPart } from './page.js'

/** What an experiment is imported from, in the order in which they run. */
const EXPERIMENTS = {
  fig1: './fidelity.js',
  fig2: './debugging.js',
  fig3: './beside.js',
  fig5: './mistakes.js',
  fig6: './maps.js',
  table1: './cost.js',
  fig7: './collapse.js',
  fig8: './toy.js',
  fig9: './scores.js',
}

/** Those that make their own data. */
const OWN_DATA = ['fig8']

const DOCS = new URL('../../docs/', import.meta.url)
const PAGE = fileURLToPath(new URL('paper.md', DOCS))

const { values, positionals } = choices()
const unknown = positionals.find(name => !(name in EXPERIMENTS))
if (unknown !== undefined) {
  end(`experiment not found: ${unknown}, expected one of ${Object.keys(EXPERIMENTS).join(', ')}`)
}

const say = text => process.stderr.write(`${text}\n`)
const runtime = openRuntime()
const names = positionals.length > 0 ? positionals : Object.keys(EXPERIMENTS)
mkdirSync(new URL('paper/', DOCS), { recursive: true })

let missed = 0
for (const name of names.filter(name => OWN_DATA.includes(name))) await runOne(name, name, null)
const onData = names.filter(name => !OWN_DATA.includes(name))
for (const id of onData.length > 0 ? datasetsHere(values.cifar10) : []) {
  const dataset = await openDataset(id, { ...values, say })
  for (const name of onData) await runOne(name, `${name} ${id}`, dataset)
  await dataset.close()
}
process.exitCode = missed === 0 ? 0 : 1

async function runOne(name, part, dataset) {
  say(part)
  const { run } = await import(EXPERIMENTS[name])
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
    return parseArgs({
      allowPositionals: true,
      options: {
        cifar10: { type: 'string', default: process.env.REPRESENTER_CIFAR10 },
        work: { type: 'string', default: 'representer-paper' },
      },
    })
  } catch (error) {
    return end(error.message)
  }
}

function end(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exit(2)
}
