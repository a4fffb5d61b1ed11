import { ELEMENT_TYPE, type ElementType } from './model.ts'
import type { TensorProto } from './proto.ts'

/** A constant of a graph, by the bytes of its numbers. */
export const rawTensor = (
  name: string,
  type: ElementType,
  dims: readonly number[],
  rawData: Uint8Array,
): TensorProto => ({
  name,
  dims: [...dims],
  dataType: ELEMENT_TYPE[type],
  rawData,
  floatData: [],
  int32Data: [],
  int64Data: [],
  doubleData: [],
  externalData: [],
})
