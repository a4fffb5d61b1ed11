import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { mutated } from '../bench/mutate.js'
import { openExplainer } from '../src/app/explainer/open.ts'
import { fit } from '../src/app/fit/fit.ts'
import { openDataset } from '../src/data/open-dataset.node.ts'
import { readHuggingFaceConfig, readTimmConfig } from '../src/data/preprocess-config.ts'
import { openArrays } from '../src/data/read-array.ts'
import { type Bytes, bytesOf } from '../src/formats/bytes.ts'
import { gunzip } from '../src/formats/gzip.ts'
import { readIdx } from '../src/formats/idx.ts'
import { decodeImageBytes, decodePicture } from '../src/formats/images.node.ts'
import { openJsonl } from '../src/formats/jsonl.ts'
import { readNpy } from '../src/formats/npy.ts'
import { readNpz } from '../src/formats/npz.ts'
import { openParquet, readParquet, readParquetInfo } from '../src/formats/parquet.ts'
import { openCsv } from '../src/formats/read-csv.node.ts'
import { readSafetensors } from '../src/formats/safetensors.ts'
import type { Table } from '../src/formats/table.ts'
import { readTar } from '../src/formats/tar.ts'
import { findHeads } from '../src/onnx/head.ts'
import { readModel } from '../src/onnx/model.ts'
import { parseManifest } from '../src/store/manifest.ts'
import { UserError } from '../src/user-error.ts'
import { temporaryDirectory } from './app/bundle.ts'

/*
 * The first few hundred of what bench/mutations.js does ten thousand times, which also watches time and memory.
 */

interface File {
  readonly name: string
  readonly content: Uint8Array
}

type Read = (file: File) => Promise<unknown>

/** Files of a folder that are not refused as they are. */
function filesIn(folder: string, wanted = /^(?!refused-)/): File[] {
  const path = join(import.meta.dirname, folder)
  const names = readdirSync(path).filter(name => wanted.test(name))
  return names.sort().map(name => ({ name, content: new Uint8Array(readFileSync(join(path, name))) }))
}

async function eachIsReadOrRefused(files: readonly File[], read: Read, runs: number): Promise<void> {
  const contents = files.map(({ content }) => content)
  for (let seed = 0; seed < runs; seed++) {
    const { file, content } = mutated(contents, seed)
    const { name } = files[file]
    try {
      await read({ name, content })
    } catch (error) {
      if (!(error instanceof UserError)) throw new Error(`seed ${seed}, ${name}`, { cause: error })
    }
  }
}

const ofBytes =
  (read: (bytes: Bytes) => Promise<unknown>): Read =>
  ({ name, content }) =>
    read(bytesOf(content, name))

const allRows = (table: Table) => table.read(table.columns, () => {})

async function allGroups(bytes: Bytes): Promise<void> {
  const { columns } = await readParquetInfo(bytes)
  const { rows, read } = await openParquet(bytes)
  for (const group of rows.keys()) await read(group, columns)
}

const text = ({ content }: File) => new TextDecoder().decode(content)

const formats = (folder: string) => filesIn(`formats/fixtures/${folder}`)

const READERS: readonly (readonly [name: string, files: () => File[], read: Read])[] = [
  ['npy', () => formats('npy'), ofBytes(readNpy)],
  ['npz', () => formats('npz'), ofBytes(readNpz)],
  ['safetensors', () => formats('safetensors'), ofBytes(readSafetensors)],
  ['IDX, gzip', () => formats('idx'), ofBytes(async bytes => readIdx(await gunzip(bytes)))],
  ['Parquet', () => formats('parquet'), ofBytes(readParquet)],
  ['Parquet in groups', () => formats('parquet'), ofBytes(allGroups)],
  ['CSV', () => formats('csv'), ofBytes(async bytes => allRows(await openCsv(bytes)))],
  [
    'JSON lines',
    () => filesIn('data/fixtures', /jsonl$/),
    ofBytes(async bytes => allRows(await openJsonl(bytes))),
  ],
  ['tar', () => formats('tar'), ofBytes(readTar)],
  ['images', () => formats('images'), ({ name, content }) => decodeImageBytes(content, name)],
  [
    'ONNX',
    () => filesIn('onnx/fixtures', /\.onnx$/),
    ({ name, content }) => findHeads(readModel(content, name), async () => new Uint8Array(0)),
  ],
  [
    'pre-processing',
    () => [
      {
        name: 'config.json',
        content: new TextEncoder().encode(
          JSON.stringify({ size: { shortest_edge: 256 }, pretrained_cfg: { input_size: [3, 224, 224] } }),
        ),
      },
    ],
    async file => {
      readHuggingFaceConfig(text(file), file.name)
      readTimmConfig(text(file), file.name)
    },
  ],
]

describe('a damaged file is read or refused', () => {
  test.each(READERS)('%s', (_, files, read) => eachIsReadOrRefused(files(), read, 300))

  test('arrays and pictures, as they are brought', async () => {
    const folder = await temporaryDirectory()
    const written = async ({ name, content }: File) => {
      await writeFile(join(folder, name), content)
      return join(folder, name)
    }
    const readArrays: Read = async file => {
      const arrays = await openArrays(await written(file))
      await arrays.read('features')
      await arrays.readBeside('weight')
      await arrays.readLabelsBeside()
      await arrays.readIds()
    }
    const readPictures: Read = async file => {
      const dataset = await openDataset(await written(file), 'train', {})
      if (dataset.kind !== 'pictures') return
      for (let row = 0; row < dataset.count; row++) await decodePicture(await dataset.file(row))
    }
    await eachIsReadOrRefused(filesIn('data/fixtures', /^(bundle|lists|table)/), readArrays, 300)
    await eachIsReadOrRefused(filesIn('data/fixtures', /^pictures/), readPictures, 200)
  })

  test('the files of an explainer', async () => {
    const out = join(await temporaryDirectory(), 'explainer')
    await fit({ features: join(import.meta.dirname, 'data/fixtures/bundle.npz'), out })
    const names = readdirSync(out, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name))
    const files = names.map(name => ({ name, content: new Uint8Array(readFileSync(name)) }))
    const read: Read = async ({ name, content }) => {
      if (name.endsWith('explainer.json')) parseManifest(text({ name, content }), name)
      await writeFile(name, content)
      try {
        const explainer = await openExplainer(out)
        await explainer.explainStored('train', 0)
        await explainer.rankSuspects(5)
        await explainer.close()
      } finally {
        const whole = files.find(file => file.name === name)
        if (whole) await writeFile(name, whole.content)
      }
    }
    await eachIsReadOrRefused(files, read, 200)
  })
})
