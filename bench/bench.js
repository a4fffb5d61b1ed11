// Every claim about speed and size, measured beside its peer on this machine: one table and one JSON file.
//
//   npm run bench [-- CLAIM…] [--quick] [--json FILE] [--docs]
//
// CLAIM is a file of bench/claims without its ending; all of CLAIMS unless given. --quick takes smaller data, whose
// figures prove nothing but that the claims run. --json says where the figures go (bench/results.json), --docs
// writes the table into docs/bench.md too, or that of a study alone into the study's page; claims that are not named
// stay as they last were in FILE. The exit code is 1 where a claim fails or is missed.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { measureApart } from './frame/apart.js'
import { describeMachine } from './frame/machine.js'
import { pageOf, withFigures } from './frame/page.js'
import { findPeers } from './frame/peer.js'
import { isReached } from './frame/row.js'
import { textTable } from './frame/table.js'

/** In the order in which they run. Studies, which take long and claim nothing, run where they are named. */
const CLAIMS = [
  'fit-cifar',
  'fit-authors',
  'fit-labels',
  'gradient',
  'explain-one',
  'explain-many',
  'explain-start',
  'growth',
  'influence',
  'extraction-pixels',
  'extraction-jpeg',
  'out-of-core',
  'sensitivity',
  'sensitivity-parts',
  'leave-one-out',
  'mislabels',
]

const MACHINE = new URL('./frame/machine.js', import.meta.url).href

const { values, positionals } = choices()
const names = positionals.length > 0 ? positionals : CLAIMS
const page = pageOf(positionals)
refuse(names, values)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))

const say = text => process.stderr.write(`${text}\n`)
// Before there is any load of its own.
const machine = describeMachine()
const peers = findPeers()
const setting = { peers, quick: values.quick }
say('machine')
const limits = await measureApart(MACHINE, setting)
if (limits.error) say(`  failed: ${limits.error}`)

const report = {
  quick: values.quick,
  peers: Object.fromEntries(Object.entries(peers).map(([module, { name }]) => [module, name])),
  machine: { ...machine, limits: limits.answer ?? {} },
  claims: earlierClaims(),
}
setting.limits = report.machine.limits
save()
for (const name of names) {
  say(name)
  const start = performance.now()
  const { answer, error, stack, peakBytes } = await measureApart(moduleOf(name).href, setting)
  if (error !== undefined) say(`  failed: ${stack ?? error}`)
  report.claims.push({
    claim: name,
    ...(error === undefined
      ? { rows: [answer].flat().map(row => ({ ...row, reached: isReached(row) })), peakBytes }
      : { error }),
    seconds: (performance.now() - start) / 1000,
  })
  // After each, so that what is known is kept where the rest is stopped.
  report.claims.sort((a, b) => CLAIMS.indexOf(a.claim) - CLAIMS.indexOf(b.claim))
  save()
}

if (values.docs && report.claims.some(({ rows }) => rows)) {
  const path = fileURLToPath(new URL(`../docs/${page.file}`, import.meta.url))
  writeFileSync(path, withFigures(readFileSync(path, 'utf8'), page.markdown(report)))
}
console.log(`\n${textTable(report)}`)
if (page?.text) console.log(`\n${page.text(report)}`)
const isWhole = report.claims
  .filter(({ claim }) => names.includes(claim))
  .every(({ rows }) => rows?.every(({ reached }) => reached !== false))
process.exitCode = isWhole ? 0 : 1

function choices() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'string', default: fileURLToPath(new URL('./results.json', import.meta.url)) },
        docs: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    return end(error.message)
  }
}

/** Of a run of the same kind, those that are not run again. */
function earlierClaims() {
  if (positionals.length === 0 || names.some(name => !CLAIMS.includes(name)) || !existsSync(values.json))
    return []
  const { quick, claims } = JSON.parse(readFileSync(values.json, 'utf8'))
  return quick === values.quick ? claims.filter(({ claim }) => !names.includes(claim)) : []
}

function save() {
  writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`)
}

function moduleOf(name) {
  return new URL(`./claims/${name}.js`, import.meta.url)
}

function refuse(names, { quick, docs }) {
  const unknown = names.find(name => !/^[\w-]+$/.test(name) || !existsSync(moduleOf(name)))
  if (unknown !== undefined) {
    end(`claim not found: ${unknown}, expected one of ${CLAIMS.join(', ')}`)
  }
  if (docs && (quick || page === null)) {
    end('--docs: expected with claims or one study, and whole data, leave out --quick')
  }
}

function end(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exit(2)
}
