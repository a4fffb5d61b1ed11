import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { readFileBytes } from '../../formats/files.node.ts'
import { type OnnxModel, readModel } from '../../onnx/model.ts'
import type { ReadExternal } from '../../onnx/tensor.ts'
import type { ExternalData } from '../../runtime/runtime.ts'

/** A model with what stands beside it. */
export interface ModelFile {
  readonly model: OnnxModel
  readonly sha256: string
  /** The weight files that it names, whole. */
  readonly externalData: readonly ExternalData[]
  readonly readExternal: ReadExternal
}

/** Reads an ONNX file and the weight files beside it. Errors: UserError where one is missing or no model. */
export async function readModelFile(path: string): Promise<ModelFile> {
  const file = await readFileBytes(path)
  const bytes = await file.slice(0, file.byteLength)
  const model = readModel(bytes, path)
  const externalData = await Promise.all(
    model.externalFiles.map(async name => {
      const beside = await readFileBytes(join(dirname(path), name))
      return { path: name, data: await beside.slice(0, beside.byteLength) }
    }),
  )
  return {
    model,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    externalData,
    readExternal: async (file, offset, length) => {
      const data = externalData.find(({ path }) => path === file)?.data ?? new Uint8Array(0)
      return data.subarray(offset, length === null ? undefined : offset + length)
    },
  }
}
