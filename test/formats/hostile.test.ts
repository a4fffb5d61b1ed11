import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { type Bytes, bytesOf } from '../../src/formats/bytes.ts'
import { gunzip } from '../../src/formats/gzip.ts'
import { readIdx } from '../../src/formats/idx.ts'
import { decodeImage } from '../../src/formats/images.node.ts'
import { readNpy } from '../../src/formats/npy.ts'
import { readNpz } from '../../src/formats/npz.ts'
import { readParquet } from '../../src/formats/parquet.ts'
import { encodeParquet } from '../../src/formats/parquet-write.ts'
import { readSafetensors } from '../../src/formats/safetensors.ts'
import { UserError } from '../../src/user-error.ts'
import { fixture, fixtureNames } from './fixtures.ts'

/** One accident or attack; places count from the start, or from the end if negative. */
type Edit = { at: number } & (
  | { kind: 'flip'; bit: number }
  | { kind: 'set'; bytes: Uint8Array }
  | { kind: 'insert'; bytes: Uint8Array }
  | { kind: 'delete'; length: number }
  | { kind: 'truncate' }
)

const anyPlace = fc.oneof(fc.nat(127), fc.integer({ min: -600, max: -1 }), fc.nat(1 << 16))

/** Bytes that make lengths large, negative or endless. */
const anyBytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 8 }),
  fc.constantFrom(
    new Uint8Array([0xff, 0xff, 0xff, 0xff]),
    new Uint8Array([0xff, 0xff, 0xff, 0x7f]),
    new Uint8Array([0, 0, 0, 0x80]),
    new Uint8Array(8),
    new Uint8Array(12).fill(0xff),
  ),
)

const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at: anyPlace, bit: fc.nat(7) }),
  fc.record({ kind: fc.constant('set' as const), at: anyPlace, bytes: anyBytes }),
  fc.record({ kind: fc.constant('insert' as const), at: anyPlace, bytes: anyBytes }),
  fc.record({ kind: fc.constant('delete' as const), at: anyPlace, length: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant('truncate' as const), at: anyPlace }),
)

function apply(content: Uint8Array, edit: Edit): Uint8Array {
  const at = content.length === 0 ? 0 : (edit.at + 1000 * content.length) % content.length
  const bytes = [...content]
  if (edit.kind === 'flip' && at < bytes.length) bytes[at] ^= 1 << edit.bit
  if (edit.kind === 'set') bytes.splice(at, edit.bytes.length, ...edit.bytes)
  if (edit.kind === 'insert') bytes.splice(at, 0, ...edit.bytes)
  if (edit.kind === 'delete') bytes.splice(at, edit.length)
  if (edit.kind === 'truncate') bytes.length = at
  return new Uint8Array(bytes)
}

/** Refuses to be read outside of its bounds, which `subarray` would pass over. */
function strict(content: Uint8Array, name: string): Bytes {
  const bytes = bytesOf(content, name)
  return {
    ...bytes,
    slice: (start, end) => {
      if (!(start >= 0 && start <= end && end <= content.length)) throw new Error(`read of ${start}, ${end}`)
      return bytes.slice(start, end)
    },
  }
}

/** A reader either answers or says what is wrong with the file; anything else is a bug. */
async function answersOrRefuses(read: () => Promise<unknown>): Promise<void> {
  try {
    await read()
  } catch (error) {
    // What hyparquet says stands in parentheses; the rest is ours.
    if (!(error instanceof UserError)) throw error
    if (/\n|undefined|NaN/.test(error.message.replace(/\(parquet .*\)/, ''))) throw error
  }
}

const readers: [folder: string, runs: number, read: (bytes: Bytes) => Promise<unknown>][] = [
  ['npy', 3000, readNpy],
  ['npz', 1500, readNpz],
  ['safetensors', 2000, readSafetensors],
  ['idx', 2000, async bytes => readIdx(await gunzip(bytes))],
  ['parquet', 3000, readParquet],
]

describe('a file with a few bytes changed is read or refused', () => {
  test.each(readers)('%s', async (folder, numRuns, read) => {
    const files = await Promise.all(
      fixtureNames(folder).map(async name => {
        const { byteLength, slice } = fixture(`${folder}/${name}`)
        return { name, content: await slice(0, byteLength) }
      }),
    )
    const edits = fc.array(anyEdit, { minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), edits, async ({ name, content }, changes) => {
        await answersOrRefuses(() => read(strict(changes.reduce(apply, content), name)))
      }),
      { numRuns, seed: 20_24 },
    )
  })

  test('parquet of our own', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => i)
    const content = encodeParquet([
      { name: 'zero', type: 'int32', values: rows.map(() => 0), nullable: true },
      { name: 'row', type: 'double', values: rows },
      { name: 'text', type: 'string', values: rows.map(row => `${row % 3}`) },
      { name: 'even', type: 'boolean', values: rows.map(row => row % 2 === 0), nullable: true },
    ])
    await fc.assert(
      fc.asyncProperty(fc.array(anyEdit, { minLength: 1, maxLength: 2 }), async edits => {
        await answersOrRefuses(() => readParquet(strict(edits.reduce(apply, content), 'x.parquet')))
      }),
      { numRuns: 3000, seed: 1 },
    )
  })

  test('images', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'representer-'))
    const path = join(folder, 'changed.png')
    try {
      const files = await Promise.all(
        fixtureNames('images').map(async name => {
          const { byteLength, slice } = fixture(`images/${name}`)
          return slice(0, byteLength)
        }),
      )
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...files), anyEdit, async (content, edit) => {
          await writeFile(path, apply(content, edit))
          await answersOrRefuses(() => decodeImage(path))
        }),
        { numRuns: 400, seed: 1 },
      )
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
