// Compiles src/ into dist/ afresh: module by module for the library, and the command, which starts several times
// faster so, with what it imports in few files, on every platform.

import { execFileSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { rolldown } from 'rolldown'
import { build } from 'vite'

const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')

rmSync('dist', { recursive: true, force: true })
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' })

const COMMAND = 'dist/command'
/** The command, and what it starts as threads and processes of its own, which it looks for beside itself. */
const programs = [
  'cli/main.node.js',
  'data/picture-worker.node.js',
  'runtime/device-check.node.js',
  'server/explain-worker.node.js',
  'server/job-worker.node.js',
]

const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
const native = ['onnxruntime-node', 'sharp']
/** Its errors are told by their class, which has to be the one that packages beside the bundle throw. */
const shared = ['hono']
const [bundled, external] = [[], [...native, ...shared]]
for (const name of Object.keys(dependencies).filter(name => !external.includes(name))) {
  // Whose licence text we cannot hand on is imported where it is installed.
  if (licenceOf(name) === null) external.push(name)
  else bundled.push(name)
}

const bundle = await rolldown({
  input: Object.fromEntries(programs.map(path => [basename(path, '.js'), join('dist', path)])),
  platform: 'node',
  external: external.map(name => new RegExp(`^${name}(/|$)`)),
})
const { output } = await bundle.write({
  dir: COMMAND,
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
})
await bundle.close()

writeLicences(COMMAND, output)
chmodSync(join(COMMAND, 'main.node.js'), 0o755)

// The web application, and its screens as the files of a report.
for (const config of ['vite.config.ts', 'vite.report.config.ts']) {
  const built = [await build({ configFile: join('web', config), logLevel: 'warn' })].flat()
  writeLicences(
    join('dist', config === 'vite.config.ts' ? 'web' : 'web-report'),
    built.flatMap(({ output }) => output),
  )
}

/** Writes the licences of the packages whose code went into a bundle beside it. */
function writeLicences(folder, output) {
  const packages = output
    .flatMap(({ moduleIds = [] }) => moduleIds)
    .flatMap(id => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id.replaceAll('\\', '/'))?.[1] ?? [])
  const texts = [...new Set(packages)].sort().map(name => {
    const text = licenceOf(name)
    if (text !== null) return `${name}\n\n${text.trim()}\n`
    throw new Error(`${name} is in ${folder} without its licence: leave it out of the bundle`)
  })
  writeFileSync(join(folder, 'LICENSES.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`))
}

/** The text that a package is licensed by; null where it carries none. */
function licenceOf(name) {
  const folder = join('node_modules', name)
  const file = readdirSync(folder).find(file => /^licen[cs]e(\.|$)/i.test(file))
  return file === undefined ? null : readFileSync(join(folder, file), 'utf8')
}
