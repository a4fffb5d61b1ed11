import { expect, test } from 'vitest'
import { checksOf } from '../../src/app/doctor/checks.ts'
import { examine } from '../../src/app/inspect/examine.ts'
import type { TriedDevice } from '../../src/runtime/try-device.node.ts'

const graph = { graph: 'head', precision: 'float32', error: 1e-7, agrees: true } as const
const exact = { ...graph, precision: 'float64', error: 1e-15 } as const
const sound: TriedDevice = { device: 'cpu', reason: null, checked: [graph, exact] }

async function statusOf(name: string, node: string, tried: TriedDevice) {
  const check = checksOf(node, [tried]).find(check => check.name === name)
  const { status, found } = await examine(check as NonNullable<typeof check>)
  return [status, found]
}

test.each([
  ['18.20.0', 'failed'],
  ['20.18.9', 'failed'],
  ['20.19.0', 'ok'],
  ['20.20.2', 'ok'],
  ['22.0.0', 'ok'],
])('Node.js %s: %s', async (node, status) => {
  const found = status === 'ok' ? node : `${node}, expected 20.19 or newer`
  expect(await statusOf('Node.js', node, sound)).toEqual([status, found])
})

test('a graph that is wrong fails its precision on the CPU, and is a warning elsewhere', async () => {
  const reason = 'its head is off by 3.0e-2 of the largest number in float64'
  const checked = [graph, graph, { ...exact, error: 0.03, agrees: false }]
  const cpu: TriedDevice = { device: 'cpu', reason, checked }
  expect(await statusOf('ONNX Runtime, float64', '20.19.0', cpu)).toEqual(['failed', reason])
  expect(await statusOf('ONNX Runtime, float32', '20.19.0', cpu)).toEqual([
    'ok',
    '2 graphs give what they should within 1.0e-7',
  ])
  const none: TriedDevice = { device: 'cuda', reason: 'its libraries are not installed', checked: [] }
  expect(await statusOf('device cuda', '20.19.0', none)).toEqual(['warning', none.reason])
})

test('whatever goes wrong in a check is what it found, in one line', async () => {
  const look = () => Promise.reject(new TypeError('cannot read\nproperties'))
  expect(await examine({ name: 'x', needed: true, remedy: 'mend it', look })).toEqual({
    name: 'x',
    status: 'failed',
    found: 'cannot read',
    remedy: 'mend it',
  })
})
