import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type InspectAnswer, inspect } from '../../src/app/inspect/inspect.node.ts'
import { layerLines } from '../../src/cli/layer-lines.ts'
import { graphModel, node, tensor } from '../onnx/graphs.ts'

const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const layered = (name: string): string => file(`test/onnx/fixtures/layers/${name}.onnx`)

/** Without colours and trailing spaces, as a file takes it. */
const plain = (answer: InspectAnswer): string[] =>
  layerLines(answer)
    .flatMap(lines => lines.split('\n'))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what colours are made of
    .map(line => line.replace(/\u001b\[\d+m/g, ''))

describe('the layers that inspect lists', () => {
  test('are those of the MNIST example: the hidden one and the head', async () => {
    const { layers, layersNotVerified, refusedLayers } = await inspect({
      model: file('examples/mnist/mnist.onnx'),
    })
    const common = { op: 'Gemm', bias: true, pooled: false, note: null }
    expect(layers).toEqual([
      {
        ...common,
        layer: '/hidden/Gemm',
        output: '/hidden/Gemm_output_0',
        activation: 'relu',
        d: 784,
        c: 64,
        isHead: false,
      },
      {
        ...common,
        layer: '/head/Gemm',
        output: 'logits',
        activation: 'identity',
        d: 64,
        c: 10,
        isHead: true,
      },
    ])
    expect(layersNotVerified).toBe(null)
    expect(refusedLayers.map(({ layer }) => layer)).toEqual(['/conv1/Conv', '/conv2/Conv'])
  })

  test('are a table in text, with the others counted by what is wrong with them', async () => {
    expect(plain(await inspect({ model: layered('tokens') }))).toEqual([
      'layers that can be explained',
      '  layer         op    d  c  explained with',
      '  /pooler/Gemm  Gemm  6  5  tanh',
      '  /head/Gemm    Gemm  5  3  softmax, by convention  head',
      '',
      'layers that cannot (each with its reason: --json)',
      '  6 ×  MatMul: it works over positions or tokens',
      '  2 ×  MatMul: its weight is computed',
      '  1 ×  Conv: its kernel is 4×4',
      '',
    ])
  })

  test('say in a note what is special about them', async () => {
    const lines = plain(await inspect({ model: layered('mlp') }))
    expect(lines.find(line => line.includes('/silu/'))).toMatch(
      /^ {2}\/silu\/Gemm +Gemm {2}4 {2}3 {2}identity +SiLU behind it is non-monotone, which no convex loss suits: its pre-activation is explained, with the identity$/,
    )
    const pooled = plain(await inspect({ model: file('test/onnx/fixtures/conv-before-pooling.onnx') }))
    expect(pooled[2]).toMatch(/softmax, by convention {2}head; on pooled features$/)
  })

  test('are there without a head, and the head is as it was', async () => {
    const { head, refused, layers } = await inspect({
      model: file('test/onnx/fixtures/conv-relu-pooling.onnx'),
    })
    expect(head).toBe(null)
    expect(refused).toHaveLength(1)
    expect(layers).toEqual([])
  })

  test('are said not to be verified where the model cannot be tried, in names that steer no terminal', async () => {
    const nodes = [node('Relu', ['x'], 'f'), node('MatMul', ['f', 'w'], 'h'), node('Relu', ['h'], 'y')]
    nodes[1].name = '\u001b[2J'
    const weights = [tensor('w', 'float32', [3, 2], [1, 2, 3, 4, 5, 6])]
    const model = join(await mkdtemp(join(tmpdir(), 'representer-')), 'open.onnx')
    await writeFile(model, graphModel({ x: [null, 3], nodes, weights }))
    const answer = await inspect({ model })
    const reason = `${model}: the sizes of input x are open, expected fixed ones`
    expect(answer).toMatchObject({ layersNotVerified: reason, layers: [{ layer: '\u001b[2J' }] })
    const lines = plain(answer)
    expect(lines[2]).toBe('  \u{fffd}[2J   MatMul  3  2  relu')
    expect(lines).toContain(`  not verified  ${reason}`)
  })
})
