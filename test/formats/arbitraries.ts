import fc from 'fast-check'
import type { DType, NdArray, TypedArray } from '../../src/formats/ndarray.ts'
import { float16ToFloat32 } from '../../src/math/float16.ts'

export const anyShape = fc.array(fc.nat(4), { maxLength: 4 })

const elements: { [K in DType]: [fc.Arbitrary<number | bigint>, { from(values: never[]): TypedArray }] } = {
  bool: [fc.nat(1), Uint8Array],
  int8: [fc.integer({ min: -128, max: 127 }), Int8Array],
  int16: [fc.integer({ min: -32768, max: 32767 }), Int16Array],
  int32: [fc.integer(), Int32Array],
  int64: [fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), BigInt64Array],
  uint8: [fc.nat(255), Uint8Array],
  uint16: [fc.nat(65535), Uint16Array],
  uint32: [fc.nat(2 ** 32 - 1), Uint32Array],
  uint64: [fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), BigUint64Array],
  float16: [fc.nat(65535).map(float16ToFloat32), Float32Array],
  float32: [fc.float(), Float32Array],
  float64: [fc.double(), Float64Array],
}

/** Arrays of every dtype with up to four dimensions, some of length 0. */
export const anyArray: fc.Arbitrary<NdArray> = fc
  .tuple(fc.constantFrom(...(Object.keys(elements) as DType[])), anyShape)
  .chain(([dtype, shape]) => {
    const [element, array] = elements[dtype]
    const length = shape.reduce((product, n) => product * n, 1)
    return fc
      .array(element, { minLength: length, maxLength: length, size: 'max' })
      .map(values => ({ dtype, shape, data: array.from(values as never[]) }))
  })
