/**
 * Explains a neural network's predictions by its training examples.
 *
 * Each verb of the command line is a function here, with the same options and answers.
 */
export { type ExplainAnswer, type ExplainOptions, explain } from './app/explain.ts'
export { Explainer, type OpenOptions, openExplainer, type Query } from './app/explainer.ts'
export type { ExplainerNetwork, NetworkInput } from './app/explainer-network.ts'
export type { ClassPart, Entry, ExplainChoices, Explanation, OutputChoice } from './app/explanation.ts'
export { type FitAnswer, fit } from './app/fit.ts'
export type { FitOptions, FitProgress } from './app/fit-options.ts'
export { type ReportOptions, type WrittenPage, writeReport } from './app/html.ts'
export { type InspectAnswer, type InspectOptions, inspect } from './app/inspect.node.ts'
export { type Suspect, type SuspectsAnswer, type SuspectsOptions, suspects } from './app/suspects.ts'
export { UserError, type UserErrorCode } from './user-error.ts'
export { VERSION } from './version.ts'
