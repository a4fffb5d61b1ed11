import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { SCORE_NAMES } from '../../src/app/suspects/score-names.ts'
import { randomNormal } from '../../src/math/random.ts'
import { type Bundle, saveArray, temporaryDirectory, writeBundle } from '../app/bundle.ts'
import { type Finished, MAIN, run, spawned } from './command.ts'

const flags = ({ directory: _, out, ...files }: Bundle): string[] => [
  ...Object.entries(files).flatMap(([name, path]) => [
    `--${name.replace(/[A-Z]/g, x => `-${x.toLowerCase()}`)}`,
    path,
  ]),
  '--out',
  out,
]

beforeAll(async () => {
  // `npm test` builds first; a run of vitest alone tests what was built last.
  await readFile(MAIN)
})

test('fit, explain and suspects: one JSON document on stdout, everything else on stderr', async () => {
  const bundle = await writeBundle({ n: 60 })
  const fitted = await run(['fit', ...flags(bundle), '--json'])
  expect(fitted.code).toBe(0)
  const answer = JSON.parse(fitted.stdout)
  expect(Object.keys(answer)).toEqual(
    expect.arrayContaining(
      'schemaVersion n d c lambda bias targets activation status iterations gradientNorm completenessGap fidelity accuracy seconds'.split(
        ' ',
      ),
    ),
  )
  expect(Object.keys(answer.fidelity.test)).toEqual(['pearson', 'meanAbsoluteDifference', 'argmaxAgreement'])
  expect(Object.keys(answer.seconds)).toEqual(['features', 'fit', 'alpha', 'index'])
  expect(fitted.stderr).toContain('writing the explainer')

  const explained = await run([
    'explain',
    bundle.out,
    'test/3',
    `${bundle.testFeatures}#3`,
    '--k',
    '4',
    '--json',
  ])
  const { explanations, classes } = JSON.parse(explained.stdout)
  expect(classes).toBeNull()
  const [stored, fromFile] = explanations
  expect(Object.keys(stored)).toEqual(
    expect.arrayContaining(
      'input output predicted givenLogit logit fittedPrediction covered byClass completenessGap read excitatory inhibitory'.split(
        ' ',
      ),
    ),
  )
  expect(Object.keys(stored.excitatory[0])).toEqual(
    'row id label labelValue predicted value alpha similarity'.split(' '),
  )
  for (const { value, alpha, similarity } of [...stored.excitatory, ...stored.inhibitory]) {
    expect(value).toBe(alpha * similarity)
  }
  expect(fromFile).toMatchObject({ input: `${bundle.testFeatures}#3`, label: null, logit: stored.logit })
  expect(fromFile.excitatory).toEqual(stored.excitatory)

  const ranked = await run(['suspects', bundle.out, '--format', 'json'])
  expect(JSON.parse(ranked.stdout).suspects).toHaveLength(60)
  expect(ranked.stderr).toBe('looking for neighbours  0 of 60\nfitting a head to what they are labelled\n')
  // What was scored is kept.
  expect((await run(['suspects', bundle.out])).stderr).toBe('')
})

test('suspects as table, JSON lines and CSV agree', async () => {
  const bundle = await writeBundle({ n: 30 })
  await run(['fit', ...flags(bundle), '--quiet'])
  const [table, jsonl, csv] = await Promise.all(
    ['table', 'jsonl', 'csv'].map(
      async format => (await run(['suspects', bundle.out, '--format', format, '--k', '5'])).stdout,
    ),
  )
  const lines = jsonl
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  const rows = csv.trimEnd().split('\r\n')
  expect(rows[0]).toBe('rank,row,id,label,suggested,predicted,suspicion,speaks_for,speaks_against')
  expect(rows.slice(1).map(row => row.split(',')[2])).toEqual(lines.map(({ id }) => id))
  expect(rows.slice(1).map(row => row.split(',').slice(-2))).toEqual(
    lines.map(({ speakers }) => [speakers.for[0].id, speakers.against[0].id]),
  )
  for (const { id } of lines) expect(table).toContain(id)
})

test('suspects are ranked by the score that is named, and it is said by which', async () => {
  const bundle = await writeBundle({ n: 30 })
  await run(['fit', ...flags(bundle), '--quiet'])
  const answer = JSON.parse((await run(['suspects', bundle.out, '--score', 'alpha', '--json'])).stdout)
  expect(answer.score).toBe('alpha')
  expect((await run(['suspects', bundle.out])).stdout).toContain(
    'the most suspect label first, by neighbour-head',
  )
  const help = (await run(['suspects', '--help'])).stdout
  for (const name of SCORE_NAMES) expect(help).toContain(`"${name}"`)
  const refused = await run(['suspects', bundle.out, '--score', 'best'])
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('best')
})

test('mistakes as text and as JSON count the same, and each leads to the next command', async () => {
  const bundle = await writeBundle({ n: 60, tests: 100 })
  const classes = join(bundle.directory, 'classes.txt')
  await writeFile(classes, 'cat\nbig dog\ncow\u001b[2J\n')
  await run(['fit', ...flags(bundle), '--classes', classes, '--quiet'])
  const answer = JSON.parse((await run(['mistakes', bundle.out, '--json'])).stdout)
  expect(Object.keys(answer)).toEqual(
    'schemaVersion explainer classes split n accuracy matrix cells cell'.split(' '),
  )
  const { stdout } = await run(['mistakes', bundle.out])
  expect(stdout).toContain('100 test examples')
  expect(stdout).not.toContain('\u001b')
  const [{ label, predicted, count }] = answer.cells
  const next = /next: representer mistakes (\S+) --split test --cell (\S+)\n$/.exec(stdout) ?? []
  const named = (index: number) => ['cat', '1', '2'][index]
  expect(next.slice(1)).toEqual([bundle.out, `${named(label)},${named(predicted)}`])

  const cell = ['mistakes', bundle.out, '--split', 'test', '--cell', next[2], '--k', '3']
  const { cell: found } = JSON.parse((await run([...cell, '--json'])).stdout)
  expect(Object.keys(found)).toEqual(
    'label predicted count examples inhibitory excitatory training'.split(' '),
  )
  expect(Object.keys(found.inhibitory[0])).toEqual('row id label predicted times share'.split(' '))
  const text = (await run(cell)).stdout
  for (const { id, times } of [...found.inhibitory, ...found.excitatory]) {
    expect(text).toMatch(new RegExp(`${id} .* ${times} of ${count}  `))
  }
  expect(text).toContain('mispredicted training example')
  const explained = /next: representer (explain .*)\n$/.exec(text)?.[1] ?? ''
  expect((await run(explained.split(' '))).code).toBe(0)
})

test('--all-test explains every test example into a file, and says so in one document', async () => {
  const bundle = await writeBundle({ n: 60, tests: 30 })
  await run(['fit', ...flags(bundle), '--quiet'])
  const file = join(bundle.directory, 'why.jsonl')
  const all = ['explain', bundle.out, '--all-test', '--output-file', file, '--k', '2']
  const { code, stdout, stderr } = await run([...all, '--json'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ explanations: [], page: null, written: { file, count: 30 } })
  expect(stderr).toBe('explaining the test examples  0 of 30\n')
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  const { explanations } = JSON.parse(
    (await run(['explain', bundle.out, 'test/7', '--k', '2', '--json'])).stdout,
  )
  expect(JSON.parse(lines[7])).toEqual(explanations[0])
  expect((await run(all)).stderr).toContain(`error: ${file}: a file already, add --force to replace it`)
  const forced = await run([...all, '--force', '--quiet'])
  expect(forced).toMatchObject({ code: 0, stderr: '' })
  expect(forced.stdout).toContain(`${file}  30 test examples explained`)
})

test.each(['jsonl', 'parquet'])(
  'SIGINT while all test examples are explained into %s leaves nothing',
  async ending => {
    const bundle = await writeBundle({ n: 4000, d: 60, tests: 4000, nonNegative: false })
    await run(['fit', ...flags(bundle), '--quiet', '--gap', '1'])
    const before = await readdir(bundle.directory)
    const file = join(bundle.directory, `why.${ending}`)
    let sent = false
    const { code, stderr } = await run(['explain', bundle.out, '--all-test', '--output-file', file], {
      whileRunning: (text, pid) => {
        if (sent || !text.includes('explaining the test examples')) return
        sent = true
        process.kill(pid, 'SIGINT')
      },
    })
    expect(stderr).toContain('interrupted; nothing was left half-written')
    expect(code).toBe(130)
    expect(await readdir(bundle.directory)).toEqual(before)
  },
)

test('--html writes a page that needs nothing beside itself', async () => {
  const bundle = await writeBundle({ n: 30 })
  await run(['fit', ...flags(bundle), '--quiet'])
  const why = join(bundle.directory, 'why.html')
  const worst = join(bundle.directory, 'worst.html')
  const explained = await run(['explain', bundle.out, 'test/0', '--html', why])
  expect(explained.stderr).toBe(`page written: ${why}\n`)
  await run(['suspects', bundle.out, '--html', worst])
  for (const page of [why, worst]) {
    const text = await readFile(page, 'utf8')
    expect(text).toMatch(/^<!doctype html>/i)
    expect(text).not.toMatch(/https?:\/\/|<script/)
  }
  const refused = await run(['explain', bundle.out, 'test/0', '--html', bundle.features])
  expect(refused).toMatchObject({
    code: 2,
    stderr: `error: ${bundle.features}: expected a name that ends in .html\n`,
  })
})

test.each([
  ['an unknown verb', ['explane'], "error: unknown command 'explane'"],
  ['an unknown option', ['inspect', 'm.onnx', '--exposed', 'x'], "error: unknown option '--exposed'"],
  ['a missing argument', ['inspect'], "error: missing required argument 'model'"],
  [
    'a number that is none',
    ['fit', '--out', 'x', '--lambda', 'big'],
    "error: option '--lambda <number|auto>' argument 'big' is invalid",
  ],
  ['λ of 0', ['fit', '--out', 'x', '--lambda', '0'], 'error: lambda: 0, expected a number above 0'],
  [
    'two formats at once',
    ['suspects', 'x', '--json', '--format', 'csv'],
    'error: --json and --format csv: expected one of them, leave one out',
  ],
  [
    'nothing to fit',
    ['fit', '--out', 'x'],
    'error: nothing to fit: expected --model with --train, or --features',
  ],
  [
    'a contrast of one',
    ['explain', 'x', 'test/0', '--contrast', '3'],
    "error: option '--contrast <A,B>' argument '3' is invalid. expected two outputs, A,B",
  ],
  [
    'nothing to explain',
    ['explain', 'x'],
    'error: nothing to explain: expected test/12, train/12, a picture, F.npy#12, or --all-test',
  ],
  [
    'all test examples on a terminal',
    ['explain', 'x', '--all-test'],
    'error: --all-test: expected with --output-file OUT.jsonl or OUT.parquet',
  ],
  [
    'mistakes of no split',
    ['mistakes', 'x', '--split', 'valid'],
    "error: option '--split <split>' argument 'valid' is invalid. Allowed choices are train, test.",
  ],
])('%s is wrong usage: exit code 2, and nothing on stdout', async (_, args, message) => {
  const { code, stdout, stderr } = await run(args)
  expect(stderr).toContain(message)
  expect([code, stdout]).toEqual([2, ''])
})

test('what fails exits with 1 and one sentence, and its stack only where asked', async () => {
  const { code, stdout, stderr } = await run(['explain', 'no-such-explainer', 'test/0', '--json'])
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toBe(
    'error: no-such-explainer: no such directory, expected one that fit wrote, check the path\n',
  )
  expect((await run(['explain', 'no-such-explainer', 'test/0', '--verbose'])).stderr).toContain('    at ')
})

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s in a fit: exit code 130 and nothing left behind',
  async signal => {
    const bundle = await writeBundle({ n: 3000, d: 40, c: 10 })
    const before = await readdir(bundle.directory)
    let sent = false
    const { code, stderr } = await run(['fit', ...flags(bundle), '--lambda', '1e-7', '--gap', '1e-12'], {
      whileRunning: (text, pid) => {
        if (sent || !text.includes('fitting the head')) return
        sent = true
        process.kill(pid, signal)
      },
    })
    expect(code).toBe(130)
    expect(stderr).toContain('interrupted; nothing was left half-written')
    expect(await readdir(bundle.directory)).toEqual(before)
  },
)

test.each(['SIGINT', 'SIGKILL'] as const)(
  '%s in a fit of a model: the next one goes on with what was extracted',
  async signal => {
    const directory = await temporaryDirectory()
    const inputs = Float32Array.from({ length: 6000 * 6 }, randomNormal(1))
    const train = await saveArray(directory, 'train', { dtype: 'float32', shape: [6000, 6], data: inputs })
    const model = join(import.meta.dirname, '../onnx/fixtures/gemm.onnx')
    const out = join(directory, 'explainer')
    const command = ['fit', '--model', model, '--train', train, '--out', out]
    let sent = false
    const { code, stderr } = await run([...command, '--lambda', '1e-7', '--gap', '1e-12'], {
      whileRunning: (text, pid) => {
        if (sent || !text.includes('fitting the head')) return
        sent = true
        process.kill(pid, signal)
      },
    })
    const isAsked = signal === 'SIGINT'
    expect(code).toBe(isAsked ? 130 : null)
    const work = join(directory, '.explainer.partial')
    const kept = `what was extracted is kept in ${work}: the same command goes on from there\n`
    expect(stderr.includes(kept)).toBe(isAsked)
    expect((await readdir(directory)).sort()).toEqual(['.explainer.partial', 'train.npy'])

    const next = await run(command)
    expect(next.code).toBe(0)
    expect(next.stderr).toContain('resuming: 6,000 of 6,000 train examples done before\n')
    expect(next.stderr).not.toContain('extracting features')
    expect((await readdir(directory)).sort()).toEqual(['explainer', 'train.npy'])
  },
)

// Only Linux has a device that is always full.
test.skipIf(!existsSync('/dev/full'))('output that cannot be written is a failure, not silence', async () => {
  const bundle = await writeBundle({ n: 30 })
  await run(['fit', ...flags(bundle), '--quiet'])
  const command = `"${process.execPath}" "${MAIN}" suspects "${bundle.out}" --format csv --quiet > /dev/full`
  const { code, stderr } = await spawned([
    '-e',
    `
    const { spawnSync } = require('node:child_process')
    const { status, stderr } = spawnSync('sh', ['-c', ${JSON.stringify(command)}])
    process.stderr.write(stderr)
    process.exitCode = status`,
  ])
  expect(stderr).toBe('error: standard output: no space left on the disk, free some\n')
  expect(code).toBe(1)
})

test('a reader that has seen enough is no failure', async () => {
  const bundle = await writeBundle({ n: 3000, d: 3 })
  await run(['fit', ...flags(bundle), '--quiet'])
  const { code, stderr } = await new Promise<Finished>(resolve => {
    const child = spawn(process.execPath, [MAIN, 'suspects', bundle.out, '--format', 'jsonl', '--quiet'])
    let text = ''
    child.stdout.once('data', () => child.stdout.destroy())
    child.stderr.on('data', chunk => {
      text += chunk
    })
    child.on('close', status => resolve({ code: status, stdout: '', stderr: text }))
  })
  expect([code, stderr]).toEqual([0, ''])
})

test('colour follows NO_COLOR and FORCE_COLOR', async () => {
  const bundle = await writeBundle({ n: 30 })
  await run(['fit', ...flags(bundle), '--quiet'])
  const { NO_COLOR: _, ...env } = process.env as Record<string, string>
  const coloured = await run(['suspects', bundle.out], { env: { ...env, FORCE_COLOR: '1' } })
  expect(coloured.stdout).toContain('\u001b[')
  const plain = await run(['suspects', bundle.out], { env: { ...env, NO_COLOR: '1' } })
  expect(plain.stdout).not.toContain('\u001b[')
})

test.each(['inspect', 'fit', 'explain', 'suspects', 'mistakes', 'sensitivity', 'serve', 'report', 'doctor'])(
  '%s --help has an example, and no lists as code has them',
  async name => {
    const { code, stdout } = await run([name, '--help'])
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`Examples?:\\n  \\$ representer ${name} `))
    expect(stdout).not.toContain('[]')
  },
)

/** The native packages that a call of the command loads. */
async function nativePackages(args: readonly string[]): Promise<string[]> {
  const script = `
    process.argv.push('representer', ...${JSON.stringify(args)})
    process.on('exit', () => console.error(process.report.getReport().sharedObjects.join('\\n')))
    import(${JSON.stringify(MAIN)})`
  const { stderr } = await spawned(['-e', script])
  return ['libonnxruntime', 'libvips'].filter(name => stderr.includes(name))
}

test('help loads nothing native, so that it is there at once', async () => {
  expect(await nativePackages(['explain', '--help'])).toEqual([])
  const model = join(import.meta.dirname, '../onnx/fixtures/gemm.onnx')
  expect(await nativePackages(['inspect', model])).toContain('libonnxruntime')
})
