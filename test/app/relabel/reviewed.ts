import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Explainer } from '../../../src/app/explainer/explainer.ts'
import { readHead } from '../../../src/app/explainer/files.node.ts'
import { openExplainer } from '../../../src/app/explainer/open.ts'
import { fit } from '../../../src/app/fit/fit.ts'
import type { FitOptions } from '../../../src/app/fit/options.ts'
import { encodeCsv } from '../../../src/formats/csv.ts'
import { readNpy } from '../../../src/formats/npy.ts'
import { ExplainerReader } from '../../../src/store/read.node.ts'
import { writeBundle } from '../bundle.ts'

/** An explainer to correct, and how to say what is to be corrected. */
export async function explained(
  change: (directory: string) => Promise<Partial<FitOptions>> = async () => ({}),
) {
  const { directory, ...bundle } = await writeBundle({ n: 120, tests: 30 })
  const { features, labels, testFeatures, testLabels, out } = bundle
  const options: FitOptions = {
    features,
    labels,
    testFeatures,
    testLabels,
    out,
    ...(await change(directory)),
  }
  await fit(options)
  return {
    directory,
    bundle,
    options,
    out,
    /** Writes rows of corrections under a header as CSV. */
    corrections: async (header: string, ...rows: (string | number | null)[][]) => {
      const path = join(directory, 'corrections.csv')
      await writeFile(path, encodeCsv(header.split(' '), rows))
      return path
    },
  }
}

/** An explainer whose files are what they were, closed when the test ends. */
export async function opened(directory: string): Promise<Explainer> {
  const explainer = await openExplainer(directory, { verify: true })
  onTestFinished(() => explainer.close())
  return explainer
}

/** Every file below a directory, with what is in it. */
export async function contents(directory: string): Promise<Map<string, string>> {
  const files = (await readdir(directory, { recursive: true, withFileTypes: true })).filter(entry =>
    entry.isFile(),
  )
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort()
  return new Map(await Promise.all(paths.map(async path => [path, await readFile(path, 'base64')] as const)))
}

/** Logits of the fit with labels, and the labels, which are numbers: [examples · outputs] each. */
export async function fittedTo(directory: string, split: 'train' | 'test') {
  const reader = await ExplainerReader.open(directory)
  const numbers = async (name: string) => [
    ...((await readNpy(await reader.file(`${split}/${name}.npy`))).data as Float32Array),
  ]
  const [features, values] = [await numbers('features'), await numbers('labels')]
  const { rows, cols: c, data: theta } = (await readHead(reader, 'fits/labels/')).theta
  const d = (features.length * c) / values.length
  const logits = values.map((_, k) => {
    const [i, j] = [Math.floor(k / c), k % c]
    const bias = rows > d ? theta[d * c + j] : 0
    return features
      .slice(i * d, (i + 1) * d)
      .reduce((sum, feature, dim) => sum + feature * theta[dim * c + j], bias)
  })
  return { logits, values }
}
