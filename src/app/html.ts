import { writeFileWhole } from '../store/write.node.ts'
import { explanationPage } from '../views/explanation-view.ts'
import { reportPage } from '../views/report-view.ts'
import { suspectsPage } from '../views/suspects-view.ts'
import type { FitView, SuspectView } from '../views/view-data.ts'
import { explainInputs } from './explain-inputs.ts'
import type { Explainer } from './explainer.ts'
import type { ExplainedInput } from './explanation.ts'
import { openExplainer } from './open-explainer.ts'
import { expectHtmlName } from './output-files.ts'
import { Shown } from './shown.ts'
import { type Suspect, suspectsOf } from './suspect.ts'

/** Cards on a page of suspects; the whole list is what JSON and CSV are for. */
const MAX_CARDS = 500

/** What was written, and what could not be shown on it. */
export interface WrittenPage {
  readonly file: string
  /** One sentence for each file of examples that could not be read again */
  readonly missing: readonly string[]
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
  suspects: readonly Suspect[],
  file: string,
): Promise<WrittenPage> {
  const shown = new Shown(explainer)
  const views = await suspectViews(shown, suspects.slice(0, MAX_CARDS))
  const { n, labelsFit } = explainer.manifest
  const words = `The fit with labels, ${labelsFit?.status} after ${labelsFit?.iterations} iterations`
  await writeFileWhole(file, suspectsPage(views, { title: 'Suspects', n, labelsFit: words }))
  return { file, missing: shown.missing }
}

export interface ReportOptions {
  readonly directory: string
  /** The page to write, ending in .html */
  readonly file: string
  /** What to explain on it, as `explain` takes them */
  readonly inputs: readonly string[]
  /** How many examples of each kind; 8 unless told */
  readonly k?: number
  /** How many suspects; 24 unless told, none where `fit` had no labels */
  readonly suspects?: number
  readonly title?: string
  /** Commands to try next */
  readonly commands?: readonly string[]
}

/** Writes one page about an explainer: what was fitted, explanations, and the suspects. */
export async function writeReport(options: ReportOptions): Promise<WrittenPage> {
  const { directory, file, inputs, k = 8, suspects: count = 24, commands = [] } = options
  expectHtmlName(file)
  const explainer = await openExplainer(directory)
  try {
    const shown = new Shown(explainer)
    const explanations = []
    for (const one of await explainInputs(explainer, inputs, { k })) {
      explanations.push(await shown.explanation(one))
    }
    const suspects = explainer.manifest.labelsFit ? await suspectsOf(explainer, count) : []
    const fit = fitView(explainer)
    const page = reportPage({
      title: options.title ?? `${fit.source}, explained`,
      fit,
      explanations,
      suspects: await suspectViews(shown, suspects),
      commands,
    })
    await writeFileWhole(file, page)
    return { file, missing: shown.missing }
  } finally {
    await explainer.close()
  }
}

function fitView({ manifest, directory }: Explainer): FitView {
  const { network, fit, ...rest } = manifest
  return { ...rest, ...fit, source: network?.source ?? directory, layer: network?.layer ?? null }
}

async function suspectViews(shown: Shown, suspects: readonly Suspect[]): Promise<SuspectView[]> {
  const views = []
  for (const suspect of suspects) views.push(await shown.suspect(suspect))
  return views
}
