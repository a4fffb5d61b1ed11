import type { ExplainAnswer, ExplainOptions } from './explain.ts'
import { explain } from './explain.ts'
import type { SuspectsAnswer } from './suspects.ts'
export async function explainWithHtml(
  options: ExplainOptions,
  path: string,
): Promise<{ answer: ExplainAnswer; note: string }> {
  return { answer: await explain(options), note: path }
}
export async function writeSuspectsHtml(path: string, _a: SuspectsAnswer): Promise<string> {
  return path
}
