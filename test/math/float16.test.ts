import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  float16ToFloat32,
  float32ToFloat16,
  narrowFloat16,
  widenBfloat16,
  widenFloat16,
} from '../../src/math/float16.ts'

const all = Uint16Array.from({ length: 1 << 16 }, (_, half) => half)

test('each of the 65536 halves comes back from float32, NaN as NaN', () => {
  const wide = widenFloat16(all)
  const back = narrowFloat16(wide)
  for (const half of all) {
    if (Number.isNaN(wide[half])) expect(Number.isNaN(float16ToFloat32(back[half]))).toBe(true)
    else if (back[half] !== half) expect.fail(`${half} came back as ${back[half]}`)
  }
  expect(wide.filter(Number.isNaN).length).toBe(2 * 1023)
})

test('halves are ordered as their bits, apart by their last bit', () => {
  expect(float16ToFloat32(0x0001)).toBe(2 ** -24)
  expect(float16ToFloat32(0x0400)).toBe(2 ** -14)
  expect(float16ToFloat32(0x3c00)).toBe(1)
  expect(float16ToFloat32(0x7bff)).toBe(65504)
  expect(float16ToFloat32(0x7c00)).toBe(Number.POSITIVE_INFINITY)
  expect(float16ToFloat32(0xc000)).toBe(-2)
  for (let half = 1; half <= 0x7c00; half++)
    if (float16ToFloat32(half) <= float16ToFloat32(half - 1)) expect.fail(`${half} is not above ${half - 1}`)
})

test('between two halves the nearer one wins, in the middle the even one', () => {
  const word = new Uint32Array(1)
  const value = new Float32Array(word.buffer)
  for (let half = 0; half < 0x7bff; half++) {
    const middle = (float16ToFloat32(half) + float16ToFloat32(half + 1)) / 2
    value[0] = middle
    const even = half % 2 === 0 ? half : half + 1
    if (float32ToFloat16(middle) !== even) expect.fail(`${middle} became ${float32ToFloat16(middle)}`)
    if (float32ToFloat16(-middle) !== even + 0x8000) expect.fail(`${-middle} is not symmetric`)
    word[0]--
    if (float32ToFloat16(value[0]) !== half) expect.fail(`${value[0]} went up`)
    word[0] += 2
    if (float32ToFloat16(value[0]) !== half + 1) expect.fail(`${value[0]} went down`)
  }
})

test('from 65520 on there is only infinity', () => {
  expect(float32ToFloat16(65519.996)).toBe(0x7bff)
  expect(float32ToFloat16(65520)).toBe(0x7c00)
  expect(float32ToFloat16(-1e38)).toBe(0xfc00)
  expect(float32ToFloat16(Number.POSITIVE_INFINITY)).toBe(0x7c00)
})

test('bfloat16 is the upper half of a float32', () => {
  fc.assert(
    fc.property(fc.nat(0xffff), half => {
      const wide = widenBfloat16(new Uint16Array([half]))
      expect(new Uint32Array(wide.buffer)[0]).toBe(half * 65536)
    }),
  )
})
