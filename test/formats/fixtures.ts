import { readdirSync, readFileSync } from 'node:fs'
import { type Bytes, bytesOf } from '../../src/formats/bytes.ts'
import type { NdArray } from '../../src/formats/ndarray.ts'

const root = new URL('./fixtures/', import.meta.url)

/** An array as make.py describes it: numbers as text, which keeps NaN and 64-bit integers. */
export interface Described {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly values: readonly string[]
}

export function fixturePath(path: string): string {
  return new URL(path, root).pathname
}

export function fixtureNames(folder: string): string[] {
  return readdirSync(new URL(`${folder}/`, root)).sort()
}

/** A fixture under its name without the folder. */
export function fixture(path: string): Bytes {
  return bytesOf(new Uint8Array(readFileSync(new URL(path, root))), path.replace(/.*\//, ''))
}

/** What make.py wrote down, by the name of the file or array. */
export function expectations<T>(name: string): Map<string, T> {
  const lines = readFileSync(new URL(name, root), 'utf8').trimEnd().split('\n')
  return new Map(
    lines.map(line => {
      const { name: key, ...value } = JSON.parse(line)
      return [key, value as T]
    }),
  )
}

/** Describes what a reader gave in the same words; -0 and 0 differ, as they do in a file. */
export function described({ dtype, shape, data }: NdArray): Described {
  const values = Array.from<number | bigint, string>(data, value =>
    Object.is(value, -0) ? '-0' : `${value}`,
  )
  return { dtype, shape, values }
}

/** The same for what Python wrote: 1.0 and 1e+16 are 1 and 10000000000000000 in JavaScript. */
export function normalised({ dtype, shape, values }: Described): Described {
  const parse = /64$/.test(dtype) && !dtype.startsWith('float') ? BigInt : Number
  return {
    dtype,
    shape,
    values: values.map(text => (Object.is(parse(text), -0) ? '-0' : `${parse(text)}`)),
  }
}
