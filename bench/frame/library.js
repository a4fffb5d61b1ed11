// What the claims take from inside the library; everything else is its public interface.

export { openRuntime } from '../../dist/app/machine/runtime.js'
export { bytesOf } from '../../dist/formats/bytes.js'
export { encodeNpy, encodeNpyHeader, readNpy } from '../../dist/formats/npy.js'
export { narrowFloat16 } from '../../dist/math/float16.js'
export { lbfgs } from '../../dist/math/lbfgs.js'
export { newtonCg } from '../../dist/math/newton-cg.js'
export { memoryRows } from '../../dist/math/rows.js'
export { valuesOfRows, valuesOfSets } from '../../dist/method/attribution/answers.js'
export { METHOD_NAMES, openAttribution } from '../../dist/method/attribution/methods.js'
export { FactoredHessian } from '../../dist/method/curvature/inverse-hessian.js'
export { openCompleteness } from '../../dist/method/fit/completeness.js'
export { Convergence } from '../../dist/method/fit/convergence.js'
export { fitHead } from '../../dist/method/fit/fit.js'
export { Objective } from '../../dist/method/fit/objective.js'
export { examplesOf, formOf, preconditioner } from '../../dist/method/fit/preconditioner.js'
export { sampleOf } from '../../dist/method/fit/sample.js'
export { labelTargets, teacherTargets } from '../../dist/method/head/targets.js'
export { lds, looPearson } from '../../dist/method/metrics/agreement.js'
export { averagePrecision, rocAuc } from '../../dist/method/metrics/detection.js'
export { plantLabelNoise } from '../../dist/method/scores/label-noise.js'
export { DEFAULT_SCORE, SCORE_NAMES } from '../../dist/method/scores/names.js'
export { MislabelScorer, mislabelScores } from '../../dist/method/scores/scores.js'
export { Gradients } from '../../dist/method/sensitivity/gradients.js'
export { probe } from '../../dist/method/sensitivity/probe.js'
export {
  explainedOutputs,
  leaveOutEffects,
  predictedPoint,
  refitOutputs,
  risingTarget,
} from '../../dist/method/truth/outputs.js'
export { randomHalves, randomRows } from '../../dist/method/truth/subsets.js'
export { adjointModel } from '../../dist/onnx/adjoint/adjoint.js'
export { findPath } from '../../dist/onnx/adjoint/path.js'
export { GraphBuilder } from '../../dist/onnx/builder.js'
export { exposeTensors } from '../../dist/onnx/expose.js'
export { readModel } from '../../dist/onnx/model.js'
