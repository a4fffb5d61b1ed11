/**
 * Explains a neural network's predictions by its training examples.
 *
 * Each verb of the command line is a function here, with the same options and answers.
 */

export { type CompareAnswer, compare } from './app/compare/compare.ts'
export type { CompareOptions, ComparePlan, CompareStep } from './app/compare/options.ts'
export { type DeviceAnswer, type DoctorAnswer, doctor } from './app/doctor/doctor.ts'
export { type EvaluateAnswer, evaluate } from './app/evaluate/evaluate.ts'
export type { EvaluateOptions, EvaluatePlan, EvaluateStep } from './app/evaluate/options.ts'
export type { BatchStep, WrittenBatch } from './app/explain/batch.ts'
export { type ExplainAnswer, type ExplainOptions, explain } from './app/explain/explain.ts'
export type { Explainer, ManyOptions } from './app/explainer/explainer.ts'
export type {
  ClassPart,
  Entry,
  ExplainChoices,
  Explanation,
  OutputChoice,
  Query,
} from './app/explainer/explanation.ts'
export type { Examples } from './app/explainer/files.node.ts'
export type { HeadLayout } from './app/explainer/given-head.ts'
export type { InputKind, NetworkInput } from './app/explainer/network.ts'
export { type OpenOptions, openExplainer } from './app/explainer/open.ts'
export type { Speaker, Speakers } from './app/explainer/speakers.ts'
export type { Suspect } from './app/explainer/suspect.ts'
export type { FitAnswer } from './app/fit/answer.ts'
export { fit } from './app/fit/fit.ts'
export type { FitOptions, FitProgress, Targets } from './app/fit/options.ts'
export type { Checked } from './app/inspect/examine.ts'
export { type ExposedModel, exposeFeatures } from './app/inspect/expose-features.ts'
export {
  type InspectAnswer,
  type InspectedHead,
  type InspectedLayer,
  type InspectOptions,
  inspect,
} from './app/inspect/inspect.node.ts'
export type { Device } from './app/machine/runtime.ts'
export {
  type CellAnswer,
  type FrequentExample,
  type MistakesAnswer,
  type MistakesOptions,
  mistakes,
} from './app/mistakes.ts'
export type { RelabelAnswer, Standing } from './app/relabel/answer.ts'
export { type RelabelOptions, relabel } from './app/relabel/relabel.ts'
export { type ReportAnswer, type ReportOptions, type ReportStep, report } from './app/report.ts'
export type { Action, Decision, NewDecision, Review } from './app/review/decisions.ts'
export {
  type CorrectionsFormat,
  type ExportChoices,
  exportCorrections,
} from './app/review/export-corrections.ts'
export { pandasLines } from './app/review/pandas-lines.ts'
export { ReviewLog } from './app/review/review-log.ts'
export type { SensitivityAnswer, SensitivityGroup, SensitivityPart } from './app/sensitivity/answer.ts'
export { type SensitivityOptions, sensitivity } from './app/sensitivity/sensitivity.ts'
export type { WrittenPage } from './app/show/html.ts'
export { suspectsCsv, suspectsJsonl } from './app/suspects/export.ts'
export type { ScoreName } from './app/suspects/score-names.ts'
export {
  type RankedSuspect,
  type SuspectsAnswer,
  type SuspectsOptions,
  suspects,
} from './app/suspects/suspects.ts'
export type { SkippedPicture } from './data/picture-dataset.ts'
export type { Channels, PictureOptions, PicturePreprocess, PictureSteps } from './data/picture-preprocess.ts'
export type { Preprocess, PreprocessOptions } from './data/preprocess.ts'
export type { Size } from './formats/resize.ts'
export type { Filter } from './formats/resize-weights.ts'
export type { Cell, ConfusionShare } from './method/explain/mistakes.ts'
export type { Fidelity } from './method/fit/fidelity.ts'
export type { Bias } from './method/head/head-graph.ts'
export type { KernelChoice } from './method/head/kernel.ts'
export type { Task } from './method/head/task.ts'
export type { HeadCheck } from './method/network/verify-head.ts'
export type { RankedSuspicion } from './method/scores/ranked.ts'
export type { Suspicions } from './method/scores/suspicion.ts'
export type { Activation } from './onnx/activation.ts'
export type { OutputActivation, RefusedHead } from './onnx/head.ts'
export type { TensorInfo } from './onnx/model.ts'
export type { Manifest } from './store/manifest.ts'
export { UserError, type UserErrorCode } from './user-error.ts'
export { VERSION } from './version.ts'
export type { ComparedMethod as MethodComparison } from './views/comparison-view.ts'
