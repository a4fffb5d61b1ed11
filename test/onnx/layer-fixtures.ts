import { readdirSync, readFileSync } from 'node:fs'
import { bytesOf } from '../../src/formats/bytes.ts'
import type { NdArray } from '../../src/formats/ndarray.ts'
import { readNpz } from '../../src/formats/npz.ts'
import { type OnnxModel, readModel } from '../../src/onnx/model.ts'

const root = new URL('./fixtures/layers/', import.meta.url)

const fileBytes = (file: string): Uint8Array => new Uint8Array(readFileSync(new URL(file, root)))

/** Every NAME.onnx that make.py wrote, by NAME. */
export const layeredNames: readonly string[] = readdirSync(root)
  .filter(file => file.endsWith('.onnx'))
  .map(file => file.slice(0, -'.onnx'.length))
  .sort()

export const layeredModel = (name: string): OnnxModel => readModel(fileBytes(`${name}.onnx`), `${name}.onnx`)

/** What PyTorch's forward hooks saw: `input`, and `LAYER.features`, `LAYER.logits`, `LAYER.activated`. */
export const hookedValues = async (name: string): Promise<ReadonlyMap<string, NdArray>> =>
  readNpz(bytesOf(fileBytes(`${name}.npz`), `${name}.npz`))

/** The module that a layer of the file is: `/hidden/Gemm` was `hidden`. */
export const moduleOf = (layer: string): string => layer.split('/')[1]
