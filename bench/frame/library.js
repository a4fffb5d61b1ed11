// What the claims take from inside the library; everything else is its public interface.

export { openRuntime } from '../../dist/app/runtime.js'
export { bytesOf } from '../../dist/formats/bytes.js'
export { encodeNpy, encodeNpyHeader, readNpy } from '../../dist/formats/npy.js'
export { narrowFloat16 } from '../../dist/math/float16.js'
export { memoryRows } from '../../dist/math/rows.js'
export { fitHead } from '../../dist/method/fit.js'
export { Objective } from '../../dist/method/objective.js'
export { GraphBuilder } from '../../dist/onnx/builder.js'
