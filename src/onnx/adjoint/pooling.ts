import { product } from '../constant-shape.ts'
import type { NodeProto } from '../proto.ts'
import { numbersOf } from './held.ts'
import { type Rules, range, type Step, unary } from './rule.ts'
import { intoWindows, type Windows, windowsOf } from './windows.ts'

/** Less than any input of a pooling, and a number in single precision. */
const LOWEST = -3e38

const windowsOfPool = (step: Step): Windows =>
  windowsOf(
    step,
    step.ints('kernel_shape') ?? step.refuse('no kernel_shape'),
    step.sizes(step.x),
    step.sizes(step.y),
  )

export const POOLING: Rules = {
  MaxPool: {
    ...unary(step => {
      const windows = windowsOfPool(step)
      const { e, g, x } = step
      const [channels, places] = [Number(step.sizes(x)[1]), product(windows.kernel)]
      const masks = e.isPortable ? firstLargest(step, windows) : indexed(step, windows)
      const whole = e.mul(e.reshape(g, [null, channels, 1, ...windows.to]), masks)
      const stacked = e.reshape(whole, [null, places, ...windows.to])
      return back(step, stacked, windows, oneEach(windows.kernel))
    }),
    holds: step => {
      const [x, y] = [numbersOf(step, step.x), numbersOf(step, step.y)]
      const stacked = product(windowsOfPool(step).kernel) * y
      // By slices every mask takes a few steps; by indices, which are twice as wide, all masks take one.
      const masks = step.e.isPortable ? 6 * stacked + 2 * x : 2 * stacked + 5 * y
      return { forward: masks, adjoint: stacked + x + 2 * y }
    },
  },
  AveragePool: unary(step => {
    const windows = windowsOfPool(step)
    const { e, g } = step
    const shared = alone(step, e.mul(g, shares(step, windows)), windows)
    return back(step, shared, windows, new Array<number>(product(windows.kernel)).fill(1))
  }),
  GlobalAveragePool: unary(({ e, g, x, sizes }) => {
    const places = product(sizes(x).slice(2).map(Number))
    return e.expand(e.div(g, places), sizes(x))
  }),
  GlobalMaxPool: unary(({ e, g, x, y, sizes }) => {
    const is = e.indicator(e.op('Equal', [x, y]))
    return e.mul(g, e.div(is, e.sum(is, range(2, sizes(x).length))))
  }),
}

/** Each channel as a picture of its own. */
const alone = ({ e }: Step, tensor: string, { to }: Windows): string => e.reshape(tensor, [null, 1, ...to])

/** Adds windows, one channel for each place in a window or for all of them, back to the input's shape. */
function back(step: Step, tensor: string, windows: Windows, kernels: readonly number[]): string {
  const { e, x } = step
  const channels = kernels.length / product(windows.kernel)
  const weight = e.floats(kernels, [channels, 1, ...windows.kernel])
  return e.reshape(intoWindows(step, tensor, weight, windows), step.sizes(x))
}

/** One kernel for each place in a window, 1 there. */
function oneEach(kernel: readonly number[]): number[] {
  const count = product(kernel)
  return Array.from({ length: count * count }, (_, i) => (i % (count + 1) === 0 ? 1 : 0))
}

/**
 * For each place in a window, 1 where that holds the first of the largest numbers [batch, channels, places, …], by
 * what the operator tells.
 */
function indexed({ e, node, x, sizes }: Step, windows: Windows): string {
  const { kernel, strides, dilations, begin, from, to } = windows
  const [, indices] = e.again(withoutOrder(node), [x], 2)
  // Those of the operator go through batch and channels.
  const within = e.op('Mod', [indices, e.integers([product(from)])])
  const places = range(0, product(kernel)).flatMap(k => {
    const place = placeOf(k, kernel)
    return range(0, product(to)).map(o => {
      const at = placeOf(o, to).map((w, a) => w * strides[a] + place[a] * dilations[a] - begin[a])
      const isInside = at.every((value, a) => value >= 0 && value < from[a])
      return isInside ? at.reduce((whole, value, a) => whole * from[a] + value, 0) : -1
    })
  })
  const largest = e.reshape(within, [null, Number(sizes(x)[1]), 1, ...to])
  return e.indicator(e.op('Equal', [largest, e.places(places, [product(kernel), ...to])]))
}

/** Indices are to count along rows, whatever the node says. */
const withoutOrder = (node: NodeProto): NodeProto => ({
  ...node,
  attribute: node.attribute.filter(({ name }) => name !== 'storage_order'),
})

/** The same by slices, where the operator does not tell. */
function firstLargest({ e, x, y, sizes }: Step, windows: Windows): string {
  const { kernel, strides, dilations, begin, end, to } = windows
  const axes = range(2, 2 + kernel.length)
  const reaching = e.pad(x, [0, 0, ...begin], [0, 0, ...end.map(count => Math.max(0, count))], LOWEST)
  let free: string | null = null
  const masks = range(0, product(kernel)).map(at => {
    const starts = placeOf(at, kernel).map((place, a) => place * dilations[a])
    const ends = starts.map((start, a) => start + strides[a] * (to[a] - 1) + 1)
    const is = e.indicator(e.op('Equal', [e.slice(reaching, axes, starts, ends, [...strides]), y]))
    const mask = free === null ? is : e.mul(is, free)
    free = e.sub(free ?? 1, mask)
    return e.reshape(mask, [null, Number(sizes(x)[1]), 1, ...to])
  })
  return e.op('Concat', masks, { axis: 2 })
}

/** Where in a window its number `at` stands. */
function placeOf(at: number, kernel: readonly number[]): number[] {
  return kernel.map((size, a) => Math.floor(at / product(kernel.slice(a + 1))) % size)
}

/**
 * By what each window's sum is multiplied [1, 1, …]. The operator itself tells, given ones: how it counts zeros
 * around the input and windows that hang over differs between operator sets.
 */
function shares(step: Step, windows: Windows): string {
  const { e, node } = step
  const { kernel, strides, dilations, begin, from, to } = windows
  const counts = to.map((count, a) =>
    range(0, count).map(o => {
      const places = range(0, kernel[a]).map(k => o * strides[a] + k * dilations[a] - begin[a])
      return places.filter(place => place >= 0 && place < from[a]).length
    }),
  )
  const inside = range(0, product(to)).map(at =>
    product(placeOf(at, to).map((place, a) => Math.max(1, counts[a][place]))),
  )
  const ones = e.floats(new Array<number>(product(from)).fill(1), [1, 1, ...from])
  return e.div(e.again(node, [ones], 1)[0], e.floats(inside, [1, 1, ...to]))
}
