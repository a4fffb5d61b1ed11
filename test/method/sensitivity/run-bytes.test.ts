import { describe, expect, test } from 'vitest'
import { probe } from '../../../src/method/sensitivity/probe.ts'
import { adjointModel } from '../../../src/onnx/adjoint/adjoint.ts'
import { findPath } from '../../../src/onnx/adjoint/path.ts'
import { takenBy } from '../../../src/onnx/consumers.ts'
import { exposeTensors } from '../../../src/onnx/expose.ts'
import { type OnnxModel, readModel } from '../../../src/onnx/model.ts'
import { cpuRuntime } from '../../../src/runtime/onnxruntime.node.ts'
import { withSession } from '../../../src/runtime/runtime.ts'
import { graphModel } from '../../onnx/graphs.ts'
import { type Case, graphOf } from './case.ts'
import { count, drawn } from './identity.ts'
import { CASES } from './operator-cases.ts'

const runtime = cpuRuntime(1)

/** Everything that changes with some tensors. */
function following({ nodes }: OnnxModel, names: readonly string[]): Set<string> {
  const found = new Set(names)
  for (const node of nodes) {
    if (takenBy(node).some(tensor => found.has(tensor))) for (const output of node.output) found.add(output)
  }
  return found
}

/** Bytes of what an adjoint computes with one seed, looked at tensor by tensor, and what it says that it holds. */
async function held(of: Case, isPortable: boolean) {
  const opset = Math.max(of.to ?? 17, of.from ?? 11)
  const model = readModel(graphModel({ ...graphOf(of, opset), x: of.x, opset }), 'model.onnx')
  const inputs = (batch: number) => ({
    x: { type: 'float32' as const, dims: [batch, ...of.x], data: drawn(of, batch, 5).x },
  })
  const path = findPath(model, { target: 'y', wrt: ['x'] })
  const probed = await probe(runtime, model, path, [], { inputs, fixed: null })
  const { bytes, seed, holds } = adjointModel(model, path, probed, { isPortable })
  const whole = readModel(bytes, 'model.onnx')
  const [fromModel, fromSeed] = [following(whole, ['x']), following(whole, [seed.name])]
  const seen = whole.nodes
    .filter(({ opType, output }) => !model.producers.has(output[0]) && !/Identity|Reshape/.test(opType ?? ''))
    .flatMap(({ output }) => output.filter(name => fromModel.has(name) || fromSeed.has(name)))
  const dims = probed.sizes.get('y')?.map(size => size ?? 1) ?? []
  const feeds = {
    ...inputs(1),
    [seed.name]: { type: 'float32' as const, dims, data: new Float32Array(count(dims)).fill(1) },
  }
  const exposed = seen.map((tensor, k) => [`seen/${k}`, { tensor, form: 'rows' as const }] as const)
  const found = { forward: 0, adjoint: 0 }
  if (seen.length === 0) return { found, holds }
  await withSession(runtime, exposeTensors(whole, Object.fromEntries(exposed)), async session => {
    const answer = await session.run(
      feeds,
      exposed.map(([name]) => name),
    )
    for (const [name, { tensor }] of exposed) {
      const { data } = answer[name]
      found[fromSeed.has(tensor) ? 'adjoint' : 'forward'] += (data as Float32Array).byteLength
    }
  })
  return { found, holds }
}

describe('an adjoint computes no more than it says, of', () => {
  test.each(CASES.map(of => [of.name, of] as const))('%s', async (_, of) => {
    for (const isPortable of [false, true]) {
      const { found, holds } = await held(of, isPortable)
      expect(holds.forward).toBeGreaterThanOrEqual(found.forward)
      expect(holds.adjoint).toBeGreaterThanOrEqual(found.adjoint)
    }
  })
})
