/** Element types of the array formats, by NumPy's names. */
export type DType =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'float16'
  | 'float32'
  | 'float64'

export type TypedArray =
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Float32Array
  | Float64Array

/**
 * An array as a file holds it: row-major and in this machine's byte order, whatever the file's was.
 * `bool` comes as Uint8Array of 0 and 1, `float16` widened to Float32Array, every other type as its own.
 */
export interface NdArray {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly data: TypedArray
}
