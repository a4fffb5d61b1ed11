import type { ExplainerInfo } from '../../src/server/wire.ts'

/** What classes, outputs and predictions of an explainer are called. */
export interface Names {
  class(index: number): string
  output(index: number): string
  /** Of what an example is predicted: a class, or else the largest output */
  prediction(index: number): string
}

/** Names as the command line prints them. */
export function namesOf({
  classes,
  outputs,
  task,
}: Pick<ExplainerInfo, 'classes' | 'outputs' | 'task'>): Names {
  const nameOfClass = (index: number): string => classes?.[index] ?? String(index)
  const nameOfOutput = (index: number): string =>
    outputs?.[index] ?? (task === 'units' ? `unit ${index}` : String(index))
  return {
    class: nameOfClass,
    output: nameOfOutput,
    prediction: task === 'classification' ? nameOfClass : nameOfOutput,
  }
}
