import { UserError } from '../user-error.ts'
import { resolveK } from './explainer/expect-query.ts'
import { openExplainer } from './explainer/open.ts'
import { namedExamples, typicalExamples } from './report/choose-examples.ts'
import { gatherReport, type Shown } from './report/gather.ts'
import type { ReportData } from './report/report-data.ts'
import { type ReportFolder, writeReportFiles } from './report-files.node.ts'
import { Thumbnails } from './show/thumbnails.ts'

export interface ReportOptions {
  readonly directory: string
  /** The folder to write */
  readonly out: string
  /** Examples to explain, such as `test/12`; unless told some of each kind of mistake and some that are right */
  readonly inputs?: readonly string[]
  /** How many examples of each sign; 8 unless told */
  readonly k?: number
  /** How many suspects; 100 unless told, none where the fit had no labels */
  readonly suspects?: number
  /** How many kinds of mistakes are looked into, of each split; 12 unless told */
  readonly cells?: number
  /** What the page is called; the explainer's name unless told */
  readonly title?: string
  /** Replace a report that is there. */
  readonly force?: boolean
  /** Compare every checksum of the explainer first. */
  readonly verify?: boolean
  /** Folders that pictures have to be in, whatever the explainer names; anywhere unless told */
  readonly roots?: readonly string[]
  /** How much of the explainer is held in memory at most: bytes, or text such as `2GiB`; all of it unless told. */
  readonly memory?: number | string
  readonly onProgress?: (step: ReportStep) => void
  /** Stops before the next example; nothing is left behind. */
  readonly signal?: AbortSignal | undefined
}

export interface ReportStep {
  readonly phase: 'examples' | 'pictures'
  readonly done: number
  readonly total: number
}

export interface ReportAnswer {
  readonly schemaVersion: 1
  readonly explainer: string
  readonly out: string
  /** How many examples are explained, and of how many pictures stand beside them */
  readonly explained: number
  readonly pictures: number
  /** Why pictures are missing, one sentence for each reason */
  readonly missing: readonly string[]
}

/**
 * Writes the screens of the web application as a folder that a browser opens from disk, with answers for some
 * examples. Errors: UserError on examples that do not exist, and where something else stands at `out`.
 */
export async function report(options: ReportOptions): Promise<ReportAnswer> {
  const { directory, out, inputs, force = false, verify, memory, signal, onProgress } = options
  const size = {
    k: resolveK(options.k ?? 8),
    suspects: expectCount('suspects', options.suspects ?? 100),
    cells: expectCount('cells', options.cells ?? 12),
  }
  const explainer = await openExplainer(directory, {
    ...(verify !== undefined && { verify }),
    ...(memory !== undefined && { memory }),
  })
  try {
    const thumbnails = new Thumbnails(explainer, options.roots)
    const places = inputs ? await namedExamples(explainer, inputs) : await typicalExamples(explainer)
    let written: WrittenPictures = { rows: { train: [], test: [] }, missing: [] }
    const title = options.title ?? `${directory}, explained`
    await writeReportFiles(out, { title, force }, async folder => {
      const { shown, ...gathered } = await gatherReport(
        explainer,
        thumbnails,
        places,
        size,
        (done, total) => {
          signal?.throwIfAborted()
          onProgress?.({ phase: 'examples', done, total })
        },
      )
      written = await writePictures(folder, thumbnails, shown, { signal, onProgress })
      const data: ReportData = { ...gathered, pictures: { folder: 'pictures/', rows: written.rows } }
      await folder.data(JSON.stringify(data))
    })
    return {
      schemaVersion: 1,
      explainer: directory,
      out,
      explained: places.length,
      pictures: written.rows.train.length + written.rows.test.length,
      missing: written.missing,
    }
  } finally {
    await explainer.close()
  }
}

interface Steps {
  readonly onProgress: ReportOptions['onProgress'] | undefined
  readonly signal: AbortSignal | undefined
}

interface WrittenPictures {
  readonly rows: { readonly train: readonly number[]; readonly test: readonly number[] }
  readonly missing: readonly string[]
}

/** Writes the pictures of what is shown, as far as there are any; says of those that are gone why. */
async function writePictures(
  folder: ReportFolder,
  thumbnails: Thumbnails,
  shown: Shown,
  { signal, onProgress }: Steps,
): Promise<WrittenPictures> {
  const rows = { train: [] as number[], test: [] as number[] }
  const missing = new Set<string>()
  const all = (['train', 'test'] as const).flatMap(split => shown.rows(split).map(row => ({ split, row })))
  for (const [done, { split, row }] of all.entries()) {
    signal?.throwIfAborted()
    onProgress?.({ phase: 'pictures', done, total: all.length })
    try {
      if (!(await thumbnails.has(split))) continue
      await folder.picture(split, row, await thumbnails.png(split, row))
      rows[split].push(row)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      missing.add(error.message)
    }
  }
  return { rows, missing: [...missing] }
}

function expectCount(name: string, count: number): number {
  if (Number.isInteger(count) && count >= 0) return count
  throw new UserError('usage', `${name}: ${count}, expected a whole number, 0 or more`)
}
