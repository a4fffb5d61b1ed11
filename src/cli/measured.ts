import type { WrittenPage } from '../app/show/html.ts'
import { Progress } from './progress.ts'
import type { Reporter } from './reporter.ts'

/** How a verb that measures an explainer is told to whoever called. */
export interface Told<Plan, Step, Answer> {
  plan(plan: Plan): string
  /** What is being done, and how far it is */
  step(step: Step): [string, string]
  /** What was left out, and why, a sentence each */
  leftOut(answer: Answer): readonly string[]
  text(answer: Answer): string
}

/** Runs such a verb: plan and progress on stderr, then the answer. */
export async function tellMeasured<Plan, Step, Answer extends { readonly page: WrittenPage | null }>(
  verb: (told: { onPlan: (plan: Plan) => void; onProgress: (step: Step) => void }) => Promise<Answer>,
  told: Told<Plan, Step, Answer>,
  { reporter, quiet }: { readonly reporter: Reporter; readonly quiet: boolean },
): Promise<void> {
  const progress = new Progress(quiet)
  const answer = await verb({
    onPlan: plan => progress.note(told.plan(plan)),
    onProgress: step => progress.show(...told.step(step)),
  }).finally(() => progress.end())
  reporter.notes(told.leftOut(answer))
  reporter.answer(answer, told.text)
  reporter.page(answer.page)
}
