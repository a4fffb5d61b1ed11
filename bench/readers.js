// Every reader of files that come from elsewhere, with whole files to begin from.

import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openExplainer } from '../dist/app/explainer/open.js'
import { fit } from '../dist/app/fit/fit.js'
import { openDataset } from '../dist/data/open-dataset.node.js'
import { findOutputNames } from '../dist/data/output-names.node.js'
import { readHuggingFaceConfig, readTimmConfig } from '../dist/data/preprocess-config.js'
import { openArrays } from '../dist/data/read-array.js'
import { bytesOf } from '../dist/formats/bytes.js'
import { gunzip } from '../dist/formats/gzip.js'
import { readIdx } from '../dist/formats/idx.js'
import { decodeImageBytes, decodePicture } from '../dist/formats/images.node.js'
import { openJsonl } from '../dist/formats/jsonl.js'
import { readNpy } from '../dist/formats/npy.js'
import { readNpz } from '../dist/formats/npz.js'
import { openParquet, readParquet, readParquetInfo } from '../dist/formats/parquet.js'
import { openCsv } from '../dist/formats/read-csv.node.js'
import { readSafetensors } from '../dist/formats/safetensors.js'
import { readTar } from '../dist/formats/tar.js'
import { findHeads } from '../dist/onnx/head.js'
import { readModel } from '../dist/onnx/model.js'
import { parseManifest } from '../dist/store/manifest.js'

const tests = fileURLToPath(new URL('../test/', import.meta.url))

/** The files of a folder whose names match and that are not refused as they are, by name. */
async function filesIn(folder, wanted = /^(?!refused-)/) {
  const names = (await readdir(join(tests, folder))).filter(name => wanted.test(name)).sort()
  return Promise.all(
    names.map(async name => ({ name, content: new Uint8Array(await readFile(join(tests, folder, name))) })),
  )
}

/** Refuses to be read outside of its bounds, which `subarray` would pass over. */
function strict(content, name) {
  const bytes = bytesOf(content, name)
  return {
    ...bytes,
    slice: (start, end) => {
      if (!(start >= 0 && start <= end && end <= content.length)) throw new Error(`read of ${start}, ${end}`)
      return bytes.slice(start, end)
    },
  }
}

const ofBytes = read => (content, name) => read(strict(content, name))
const text = content => new TextDecoder().decode(content)
const temporary = () => mkdtemp(join(tmpdir(), 'mutations-'))

async function allRows(table) {
  let rows = 0
  await table.read(table.columns, () => rows++)
  return rows
}

async function allGroups(bytes) {
  const { columns } = await readParquetInfo(bytes)
  const { rows, read } = await openParquet(bytes)
  for (const group of rows.keys()) await read(group, columns)
}

/** A reader of whole files on disk, under names that say what they are. */
function onDisk(read) {
  let folder
  return async (content, name) => {
    folder ??= await temporary()
    const path = join(folder, name)
    await writeFile(path, content)
    await read(path)
  }
}

async function readEverything(path) {
  const file = await openArrays(path)
  await file.read('features')
  await file.readBeside('weight')
  await file.readLabelsBeside()
  await file.readIds()
}

async function readPictures(path) {
  const dataset = await openDataset(path, 'train', {})
  if (dataset.kind !== 'pictures') return
  for (let row = 0; row < dataset.count; row++) await decodePicture(await dataset.file(row))
}

/** The files of two explainers, each of which is damaged where it stands. */
async function explainerFiles() {
  const out = join(await temporary(), 'explainer')
  await fit({ features: join(tests, 'data/fixtures/bundle.npz'), out })
  const names = (await readdir(out, { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
  return Promise.all(names.map(async name => ({ name, content: new Uint8Array(await readFile(name)) })))
}

async function readExplainer(content, name) {
  const out = name.slice(0, name.indexOf('/explainer/') + '/explainer'.length)
  const whole = await readFile(name)
  await writeFile(name, content)
  try {
    const explainer = await openExplainer(out)
    await explainer.explainStored('train', 0)
    await explainer.rankSuspects(5)
    await explainer.close()
  } finally {
    await writeFile(name, whole)
  }
}

async function configs() {
  const encode = value => new TextEncoder().encode(JSON.stringify(value))
  return [
    {
      name: 'preprocessor_config.json',
      content: encode({
        do_resize: true,
        size: { shortest_edge: 256 },
        resample: 3,
        do_center_crop: true,
        crop_size: { height: 224, width: 224 },
        rescale_factor: 0.00392156862745098,
        image_mean: [0.5, 0.5, 0.5],
        image_std: [0.5, 0.5, 0.5],
      }),
    },
    {
      name: 'config.json',
      content: encode({
        pretrained_cfg: { input_size: [3, 224, 224], interpolation: 'bicubic', crop_pct: 0.9 },
      }),
    },
  ]
}

async function outputNames() {
  const content = new TextEncoder().encode(JSON.stringify({ id2label: { 0: 'ant', 1: 'bee', 2: 'cat' } }))
  return [
    { name: 'config.json', content },
    { name: 'classes.json', content: new TextEncoder().encode('["ant", "bee", "cat"]') },
  ]
}

async function manifests() {
  return (await explainerFiles()).filter(({ name }) => basename(name) === 'explainer.json')
}

async function readOnnx(content, name) {
  const model = readModel(content, name)
  await findHeads(model, async () => new Uint8Array(0))
}

const formats = folder => () => filesIn(`formats/fixtures/${folder}`)

/** What each begins from, and how it reads one file. */
export const READERS = {
  npy: { files: formats('npy'), read: ofBytes(readNpy) },
  npz: { files: formats('npz'), read: ofBytes(readNpz) },
  safetensors: { files: formats('safetensors'), read: ofBytes(readSafetensors) },
  'IDX, gzip': { files: formats('idx'), read: ofBytes(async bytes => readIdx(await gunzip(bytes))) },
  'Parquet info': { files: formats('parquet'), read: ofBytes(readParquetInfo) },
  'Parquet read': { files: formats('parquet'), read: ofBytes(readParquet) },
  'Parquet groups': { files: formats('parquet'), read: ofBytes(allGroups) },
  CSV: { files: formats('csv'), read: ofBytes(async bytes => allRows(await openCsv(bytes))) },
  'JSON lines': {
    files: () => filesIn('data/fixtures', /jsonl$/),
    read: ofBytes(async bytes => allRows(await openJsonl(bytes))),
  },
  tar: { files: formats('tar'), read: ofBytes(readTar) },
  images: { files: formats('images'), read: decodeImageBytes },
  arrays: {
    files: () => filesIn('data/fixtures', /(npz|safetensors|parquet|csv|jsonl)$/),
    read: onDisk(readEverything),
  },
  pictures: { files: () => filesIn('data/fixtures', /^pictures/), read: onDisk(readPictures) },
  ONNX: { files: () => filesIn('onnx/fixtures', /\.onnx$/), read: readOnnx },
  'pre-processing': {
    files: configs,
    read: async (content, name) => {
      readHuggingFaceConfig(text(content), name)
      readTimmConfig(text(content), name)
    },
  },
  'output names': {
    files: outputNames,
    read: onDisk(path => findOutputNames(join(path, '..', 'model.onnx'), 3)),
  },
  manifest: { files: manifests, read: async (content, name) => parseManifest(text(content), name) },
  explainer: { files: explainerFiles, read: readExplainer },
}
