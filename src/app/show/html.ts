import type { ScoreName } from '../../method/scores/names.ts'
import { writeFileWhole } from '../../store/write.node.ts'
import { explanationPage } from '../../views/explanation-view.ts'
import { suspectsPage } from '../../views/suspects-view.ts'
import type { SuspectView } from '../../views/view-data.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { ExplainedInput } from '../explainer/explanation.ts'
import { Shown, type SpokenOf } from './shown.ts'

/** Cards on a page of suspects; the whole list is what JSON and CSV are for. */
const MAX_CARDS = 500

/** What was written, and what could not be shown on it. */
export interface WrittenPage {
  readonly file: string
  /** One sentence for each file of examples that could not be read again */
  readonly missing: readonly string[]
}

/** Writes a page that shows no examples; null where none is asked for. */
export async function writeCharts(file: string | undefined, page: () => string): Promise<WrittenPage | null> {
  if (file === undefined) return null
  await writeFileWhole(file, page())
  return { file, missing: [] }
}

/** Writes a page of explanations. */
export async function writeExplanations(
  explainer: Explainer,
  explained: readonly ExplainedInput[],
  file: string,
): Promise<WrittenPage> {
  const shown = new Shown(explainer)
  const views = []
  for (const one of explained) views.push(await shown.explanation(one))
  const title = views.length === 1 ? `Why ${views[0].input.name}?` : `${views.length} explanations`
  await writeFileWhole(file, explanationPage(views, title))
  return { file, missing: shown.missing }
}

/** Writes a page of suspects, the first 500 at most. */
export async function writeSuspects(
  explainer: Explainer,
  suspects: readonly SpokenOf[],
  score: ScoreName,
  file: string,
): Promise<WrittenPage> {
  const shown = new Shown(explainer)
  const views = await suspectViews(shown, suspects.slice(0, MAX_CARDS))
  const { n, labelsFit } = explainer.manifest
  const words = `The fit with labels, ${labelsFit?.status} after ${labelsFit?.iterations} iterations.`
  await writeFileWhole(file, suspectsPage(views, { title: 'Suspects', n, score, labelsFit: words }))
  return { file, missing: shown.missing }
}

async function suspectViews(shown: Shown, suspects: readonly SpokenOf[]): Promise<SuspectView[]> {
  const views = []
  for (const suspect of suspects) views.push(await shown.suspect(suspect))
  return views
}
