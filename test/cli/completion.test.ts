import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkFitOptions } from '../../src/app/fit/options.ts'
import { grammarOf } from '../../src/cli/completion/grammar.ts'
import { completionScript } from '../../src/cli/completion/script.ts'
import { Interruption } from '../../src/cli/interruption.ts'
import { buildProgram } from '../../src/cli/program.ts'
import { resolvePictures } from '../../src/data/picture-preprocess.ts'
import { ACTIVATION_NAMES } from '../../src/onnx/activation.ts'
import { temporaryDirectory } from '../app/bundle.ts'
import { run } from './command.ts'

const program = buildProgram(new Interruption())
const grammar = grammarOf(program)
const VERBS =
  'inspect fit explain suspects mistakes sensitivity compare evaluate serve report relabel doctor completion help'.split(
    ' ',
  )

const inShell = (shell: 'bash' | 'zsh' | 'fish', ...args: readonly string[]) =>
  spawnSync(shell, args, { encoding: 'utf8' })

const isInstalled = (shell: 'zsh' | 'fish'): boolean => inShell(shell, '--version').status === 0

/** What the script's function answers where the last of the words is being typed, sorted. */
function bashCompletes(words: readonly string[]): string[] {
  const quoted = words.map(word => `'${word}'`).join(' ')
  const driver = `${completionScript(program, 'bash')}
    COMP_WORDS=(${quoted})
    COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    _representer
    printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr, status } = inShell('bash', '--norc', '-c', driver)
  expect([status, stderr]).toEqual([0, ''])
  return stdout.split('\n').filter(Boolean).sort()
}

describe('the grammar', () => {
  test('is the program’s: its verbs with their options, and what these take', () => {
    expect(grammar.verbs.map(({ name }) => name)).toEqual(VERBS)
    const { options = [] } = grammar.verbs.find(({ name }) => name === 'fit') ?? {}
    const taken = Object.fromEntries(options.map(({ long, takes }) => [long, takes]))
    expect(taken).toMatchObject({
      '--json': null,
      '--help': null,
      '--out': { name: 'dir', values: 'directory' },
      '--model': { name: 'file', values: 'file' },
      '--bias': { name: 'choice', values: ['regularised', 'free', 'none'] },
      '--activation': { name: 'name', values: ACTIVATION_NAMES },
    })
    expect(grammar.verbs.find(({ name }) => name === 'explain')?.arguments).toEqual([
      { name: 'dir', values: 'directory', variadic: false },
      { name: 'input', values: 'file', variadic: true },
    ])
  })

  const refusals: Readonly<Record<string, (options: object) => unknown>> = {
    '--bias': options => checkFitOptions({ out: 'x', ...options }),
    '--device': options => checkFitOptions({ out: 'x', ...options }),
    '--head-layout': options => checkFitOptions({ out: 'x', ...options }),
    '--channels': options => resolvePictures(options, {}, [3, 8, 8], 'm.onnx'),
    '--filter': options => resolvePictures(options, {}, [3, 8, 8], 'm.onnx'),
  }

  test.each(Object.entries(refusals))('has the very values of %s that fit takes', (long, refuse) => {
    const fit = grammar.verbs.find(({ name }) => name === 'fit')
    const values = fit?.options.find(option => option.long === long)?.takes?.values as readonly string[]
    const name = long.slice(2).replace(/-./g, ([, letter]) => letter.toUpperCase())
    expect(() => refuse({ [name]: 'nonsense' })).toThrow(
      new RegExp(`not found: nonsense, expected one of ${values.join(', ')}$`),
    )
  })
})

describe('bash completes', () => {
  test.each([
    ['verbs', ['representer', ''], VERBS],
    ['a verb that was begun', ['representer', 'in'], ['inspect']],
    ['options before any verb', ['representer', '--'], ['--help', '--version']],
    [
      'options that were begun',
      ['representer', 'fit', '--head-'],
      ['--head-bias', '--head-layout', '--head-weight'],
    ],
    ['options behind others', ['representer', 'fit', '--json', '--out', 'x', '--lam'], ['--lambda']],
    ['the values of an option', ['representer', 'fit', '--bias', ''], ['free', 'none', 'regularised']],
    ['values behind =', ['representer', 'suspects', 'x', '--format', '=', 'js'], ['json', 'jsonl']],
    ['scores by name', ['representer', 'suspects', '--score', 'al'], ['alpha', 'alpha-teacher']],
    ['all values behind =', ['representer', 'mistakes', '--split', '='], ['test', 'train']],
    ['arguments with choices', ['representer', 'completion', ''], ['bash', 'fish', 'zsh']],
    ['the verbs that help is for', ['representer', 'help', 'ex'], ['explain']],
    ['nothing for what is no verb', ['representer', 'explane', '-'], []],
    // bash itself offers files where nothing else is offered.
    ['files where a file is wanted', ['representer', 'fit', '--model', 'x'], []],
    ['files where an argument is wanted', ['representer', 'explain', 'x'], []],
  ])('%s', (_, words, expected) => {
    expect(bashCompletes(words)).toEqual([...expected].sort())
  })

  test('by the name of the command', () => {
    const script = `${completionScript(program, 'bash')}\ncomplete -p representer`
    const { stdout } = inShell('bash', '--norc', '-c', script)
    expect(stdout).toBe('complete -o default -F _representer representer\n')
  })
})

describe('the script for zsh', () => {
  const script = completionScript(program, 'zsh')

  test('names every verb and option, and quotes what descriptions hold', () => {
    expect(script).toMatch(/^#compdef representer\n/)
    for (const { name, description, options } of grammar.verbs) {
      expect(script).toContain(`\n    '${name}:${description.replaceAll("'", "'\\''")}'\n`)
      const part = script.split(`\n        ${name}) _arguments `)[1].split(';;')[0]
      for (const { long, takes } of options) {
        expect(part).toMatch(new RegExp(`'[^']*${long}${takes ? '=' : ''}\\[`))
      }
    }
    expect(script).toContain("'--features=[features of the training examples \\[n, d\\]]:file:_files'")
    expect(script).toContain("'--logits=[the given model'\\''s logits \\[n, c\\]]:file:_files'")
    expect(script).toContain(':choice:(regularised free none)')
    expect(script).toContain("'--out=[directory to write (needed)]:dir:_files -/'")
  })

  test.skipIf(!isInstalled('zsh'))('is zsh', async () => {
    const file = join(await temporaryDirectory(), '_representer')
    await writeFile(file, script)
    expect(inShell('zsh', '-n', file)).toMatchObject({ status: 0, stderr: '' })
  })
})

describe('the script for fish', () => {
  const script = completionScript(program, 'fish')

  test('has a line for every verb and option', () => {
    const lines = script.split('\n')
    for (const { name, options } of grammar.verbs) {
      expect(lines.filter(line => line.includes(`-n __fish_use_subcommand -f -a ${name} -d '`))).toHaveLength(
        1,
      )
      for (const { long, takes } of options) {
        const start = `complete -c representer -n '__fish_seen_subcommand_from ${name}' `
        const own = lines.filter(line => line.startsWith(start) && line.includes(`-l ${long.slice(2)} `))
        expect(own).toHaveLength(1)
        expect(/ -[rx] /.test(own[0])).toBe(takes !== null)
      }
    }
    expect(script).toContain("-l bias -x -a 'regularised free none' -d ")
    expect(script).toContain("-l logits -r -d 'the given model\\'s logits [n, c]'")
  })

  test.skipIf(!isInstalled('fish'))('completes in fish', () => {
    const completes = (line: string): string[] => {
      const text = `${script}\ncomplete -C '${line}'`
      const { stdout } = inShell('fish', '--no-config', '-c', text)
      return stdout.split('\n').flatMap(found => (found ? [found.split('\t')[0]] : []))
    }
    expect(completes('representer mis')).toEqual(['mistakes'])
    expect(completes('representer fit --bias ').sort()).toEqual(['free', 'none', 'regularised'])
    expect(completes('representer fit --lam')).toEqual(['--lambda'])
    expect(completes('representer completion z')).toEqual(['zsh'])
  })
})

test('the command prints the script, and needs to be told whose', async () => {
  const { code, stdout, stderr } = await run(['completion', 'bash'])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toBe(completionScript(program, 'bash'))
  const refused = await run(['completion', 'tcsh'])
  expect([refused.code, refused.stdout]).toEqual([2, ''])
  expect(refused.stderr).toContain('Allowed choices are bash, zsh, fish.')
})
