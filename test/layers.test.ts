import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, expect, test } from 'vitest'

/** What each folder of src may import: the table of the design. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  math: [],
  onnx: ['math'],
  formats: ['math'],
  runtime: ['onnx'],
  method: ['math', 'onnx', 'runtime'],
  data: ['math', 'formats'],
  store: ['math', 'formats'],
  views: ['math', 'method'],
  app: ['math', 'onnx', 'formats', 'runtime', 'method', 'data', 'store', 'views'],
  server: ['app', 'views'],
  cli: ['app', 'views', 'server'],
}

/** What each folder of method may import of the others. */
const METHOD: Readonly<Record<string, readonly string[]>> = {
  head: [],
  network: ['head'],
  index: ['head'],
  fit: ['head', 'index'],
  explain: ['head', 'index'],
  sensitivity: ['network'],
  curvature: ['fit', 'head'],
  attribution: ['curvature', 'head'],
  truth: ['attribution', 'curvature', 'fit', 'head'],
  metrics: [],
  scores: ['curvature', 'fit', 'head'],
}

/** What each folder of app may import of the others; files of app itself are verbs, and import what they like. */
const APP: Readonly<Record<string, readonly string[]>> = {
  machine: [],
  inspect: ['machine'],
  doctor: ['inspect', 'machine'],
  explainer: ['machine'],
  show: ['explainer'],
  browse: ['explainer', 'show'],
  explain: ['explainer', 'show'],
  suspects: ['explainer', 'show'],
  measured: [],
  compare: ['explainer', 'machine', 'measured', 'show'],
  evaluate: ['explainer', 'machine', 'measured', 'show'],
  map: ['explainer', 'machine'],
  review: ['explainer'],
  fit: ['explainer', 'inspect', 'machine'],
  relabel: ['explainer', 'fit', 'machine', 'review'],
  sensitivity: ['explain', 'explainer', 'machine', 'show'],
  report: ['browse', 'explain', 'explainer', 'map', 'show', ''],
}

/** Files of src itself that every layer may import. */
const COMMON = ['user-error.ts', 'version.ts']

/** Layers that may import only types of another. */
const TYPES_ONLY: Readonly<Record<string, readonly string[]>> = { views: ['method'] }

/** Modules that only files named *.node.ts may import. */
const isNodeOnly = (module: string): boolean => /^(node:|sharp$|onnxruntime-node$)/.test(module)

interface Import {
  readonly file: string
  readonly module: string
  /** The file of src that it names; null for a package. */
  readonly target: string | null
  readonly typesOnly: boolean
}

const src = new URL('../src/', import.meta.url)

const files = (readdirSync(src, { recursive: true }) as string[])
  .map(file => file.replaceAll('\\', '/'))
  .filter(file => file.endsWith('.ts'))
  .sort()

function importsOf(file: string, text = readFileSync(new URL(file, src), 'utf8')): Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
  const statements = code.matchAll(
    /^\s*(?:import|export)\b(?<what>[^'"`;(]*?)\bfrom\s*(?<quote>['"])(?<module>.+?)\k<quote>/gm,
  )
  const bare = code.matchAll(/^\s*import\s*(?<quote>['"])(?<module>.+?)\k<quote>/gm)
  const dynamic = code.matchAll(/\b(?:import|require)\s*\(\s*(?<quote>['"`])(?<module>.+?)\k<quote>/g)
  return [...statements, ...bare, ...dynamic].map(({ groups = {} }) => ({
    file,
    module: groups.module,
    target: groups.module.startsWith('.') ? posix.join(posix.dirname(file), groups.module) : null,
    typesOnly: isTypesOnly(groups.what ?? ''),
  }))
}

/** `type { A }`, or braces in which every name is a type. */
function isTypesOnly(what: string): boolean {
  const clause = what.trim()
  if (/^type\b/.test(clause)) return true
  const names = /^\{([\s\S]*)\}$/
    .exec(clause)?.[1]
    .split(',')
    .filter(name => name.trim() !== '')
  return names?.every(name => /^\s*type\s/.test(name)) ?? false
}

const imports = files.flatMap(file => importsOf(file))
const layerOf = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '')
const arrow = ({ file, target, module }: Import): string => `${file} -> ${target ?? module}`

/** The folder of a layer that a file stands in; '' for the layer's own files. */
function partOf(file: string): string {
  const [, part, below] = file.split('/')
  return below === undefined ? '' : part
}

/** What the folders of a layer import of each other that their rows do not name. */
function outOfOrder(layer: string, table: Readonly<Record<string, readonly string[]>>): string[] {
  const offending = imports.filter(({ file, target }) => {
    if (target === null || layerOf(file) !== layer || layerOf(target) !== layer) return false
    const [from, to] = [partOf(file), partOf(target)]
    return from !== '' && from !== to && !table[from]?.includes(to)
  })
  return offending.map(arrow)
}

/** What a layer imports that its row does not name. */
function trespassing({ file, target, typesOnly }: Import): boolean {
  const layer = layerOf(file)
  // index.ts, the library's entry, names what it likes.
  if (target === null || layer === '') return false
  const to = layerOf(target)
  if (to === '') return !COMMON.includes(target)
  if (to === layer) return false
  if (!LAYERS[layer]?.includes(to)) return true
  return (TYPES_ONLY[layer]?.includes(to) ?? false) && !typesOnly
}

/** The files of a circle of imports, from one back to itself; types count, since they bind files as well. */
function findCycle(edges: ReadonlyMap<string, readonly string[]>): string[] | null {
  const state = new Map<string, 'open' | 'done'>()
  const path: string[] = []
  const visit = (file: string): string[] | null => {
    if (state.get(file) === 'done') return null
    if (state.get(file) === 'open') return [...path.slice(path.indexOf(file)), file]
    state.set(file, 'open')
    path.push(file)
    for (const next of edges.get(file) ?? []) {
      const cycle = visit(next)
      if (cycle) return cycle
    }
    path.pop()
    state.set(file, 'done')
    return null
  }
  for (const file of edges.keys()) {
    const cycle = visit(file)
    if (cycle) return cycle
  }
  return null
}

describe('the layers', () => {
  test('are the folders of src', () => {
    const folders = new Set(files.map(layerOf).filter(layer => layer !== ''))
    expect([...folders].filter(folder => !(folder in LAYERS))).toEqual([])
  })

  test('import only what their row of the table names', () => {
    expect(imports.filter(trespassing).map(arrow)).toEqual([])
  })

  test('keep their order within method too, whose files all stand in folders', () => {
    const inMethod = files.filter(file => layerOf(file) === 'method')
    expect(inMethod.filter(file => !(partOf(file) in METHOD))).toEqual([])
    expect(outOfOrder('method', METHOD)).toEqual([])
  })

  test('keep their order within app', () => {
    const inApp = files.filter(file => layerOf(file) === 'app' && partOf(file) !== '')
    expect(inApp.filter(file => !(partOf(file) in APP))).toEqual([])
    expect(outOfOrder('app', APP)).toEqual([])
  })

  test('import only files that are there', () => {
    expect(imports.filter(({ target }) => target !== null && !files.includes(target)).map(arrow)).toEqual([])
  })

  test('have node builtins and native packages in *.node.ts alone', () => {
    const offending = imports.filter(({ file, module }) => isNodeOnly(module) && !file.endsWith('.node.ts'))
    expect(offending.map(arrow)).toEqual([])
  })

  test('that run in a browser too import no *.node.ts', () => {
    const browserSafe = ['math', 'onnx', 'method', 'views']
    const offending = imports.filter(
      ({ file, target }) => browserSafe.includes(layerOf(file)) && target?.endsWith('.node.ts'),
    )
    expect(offending.map(arrow)).toEqual([])
  })

  test('have no files that import each other in a circle', () => {
    const edges = new Map(
      files.map(file => [
        file,
        imports.flatMap(({ file: from, target }) => (from === file && target ? [target] : [])),
      ]),
    )
    expect(findCycle(edges)).toBe(null)
  })
})

describe('the imports of a file', () => {
  test('are found in every form', () => {
    const text = `
      import a from './a.ts'
      import type { B } from '../math/b.ts'
      import { type C, type D } from '../math/c.ts'
      import { type E, e } from '../math/e.ts'
      import {
        f,
        type G,
      } from "../math/f.ts"
      import 'node:fs'
      import * as everything from 'sharp'
      export { h } from '../math/h.ts'
      export * from '../math/i.ts'
      export type { J } from '../math/j.ts'
      const lazy = await import('../app/lazy.ts')
      // import { no } from './comment.ts'
      /* import { no } from './comment.ts' */
      const text = 'taken from "here"'
    `
    const found = importsOf('method/file.ts', text).map(({ module, target, typesOnly }) => [
      target ?? module,
      typesOnly,
    ])
    expect(new Map(found as [string, boolean][])).toEqual(
      new Map([
        ['method/a.ts', false],
        ['math/b.ts', true],
        ['math/c.ts', true],
        ['math/e.ts', false],
        ['math/f.ts', false],
        ['math/h.ts', false],
        ['math/i.ts', false],
        ['math/j.ts', true],
        ['sharp', false],
        ['node:fs', false],
        ['app/lazy.ts', false],
      ]),
    )
  })

  test('are many: the sources were read', () => {
    expect(imports.length).toBeGreaterThan(2 * files.length)
    expect(imports.map(arrow)).toContain('math/lbfgs.ts -> math/line-search.ts')
    expect(imports.map(arrow)).toContain('runtime/onnxruntime.node.ts -> onnxruntime-node')
  })

  test('trespass where the table does not name them', () => {
    const at = (file: string, module: string, what = '{ x }') =>
      importsOf(file, `import ${what} from '${module}'`)[0]
    expect(trespassing(at('math/x.ts', '../onnx/y.ts'))).toBe(true)
    expect(trespassing(at('onnx/x.ts', '../math/y.ts'))).toBe(false)
    expect(trespassing(at('onnx/x.ts', '../user-error.ts'))).toBe(false)
    expect(trespassing(at('onnx/x.ts', '../index.ts'))).toBe(true)
    expect(trespassing(at('views/x.ts', '../method/y.ts'))).toBe(true)
    expect(trespassing(at('views/x.ts', '../method/y.ts', 'type { X }'))).toBe(false)
    expect(trespassing(at('cli/x.ts', '../method/y.ts', 'type { X }'))).toBe(true)
  })

  test('go in a circle where one leads back', () => {
    const edges = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', []],
      ['d', ['b']],
    ])
    expect(findCycle(edges)).toEqual(['b', 'd', 'b'])
    expect(
      findCycle(
        new Map([
          ['a', ['b', 'c']],
          ['b', ['c']],
          ['c', []],
        ]),
      ),
    ).toBe(null)
  })
})
