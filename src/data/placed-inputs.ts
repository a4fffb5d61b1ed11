import { itemSize } from '../formats/elements.ts'
import { type PlacedArray, readPlaced } from '../formats/placed-array.ts'
import type { Matrix } from '../math/matrix.ts'
import type { Rows } from '../math/rows.ts'
import { type Preprocess, preprocessedRows } from './preprocess.ts'
import { readAhead } from './read-ahead.ts'

/** As `preprocessedRows`, of an array that is read from its file block by block, one block ahead. */
export function placedInputs(place: PlacedArray, preprocess: Preprocess, name: string): Rows {
  const { type, offset, shape } = place
  const [rows, ...itemShape] = shape
  const none = { dtype: 'uint8' as const, shape: [0, ...itemShape], data: new Uint8Array(0) }
  const { cols } = preprocessedRows(none, preprocess, name)
  const rowBytes = cols * itemSize(type)
  const part = async (start: number, count: number): Promise<Matrix<Float32Array>> => {
    const part = { ...place, offset: offset + start * rowBytes, shape: [count, ...itemShape] }
    const inputs = preprocessedRows(await readPlaced(part), preprocess, name)
    return inputs.fetch(Uint32Array.from({ length: count }, (_, i) => i))
  }
  return {
    rows,
    cols,
    dtype: 'float32',
    blocks: (size, from = 0) => readAhead(rows, size, from, part),
    async fetch(wanted) {
      const data = new Float32Array(wanted.length * cols)
      for (let k = 0; k < wanted.length; k++) data.set((await part(wanted[k], 1)).data, k * cols)
      return { rows: wanted.length, cols, data }
    },
  }
}
