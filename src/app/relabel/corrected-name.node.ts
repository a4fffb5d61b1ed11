import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ExplainerReader } from '../../store/read.node.ts'

/** Where a corrected explainer goes, and whether it replaces one. */
export interface CorrectedName {
  readonly out: string
  readonly force: boolean
}

/**
 * Beside the explainer with `-corrected` behind its name: in place of one that was corrected from the same, else with
 * the next number behind that is free. Nothing else is ever replaced.
 */
export async function correctedName(directory: string): Promise<CorrectedName> {
  const named = resolve(directory)
  for (let number = 1; ; number++) {
    const out = `${named}-corrected${number === 1 ? '' : `-${number}`}`
    if ((await stat(out).catch(() => null)) === null) return { out, force: false }
    const from = await correctedFrom(out)
    if (from !== null && resolve(from) === named) return { out, force: true }
  }
}

/** What an explainer was corrected from; null where it was not, or is none. */
async function correctedFrom(directory: string): Promise<string | null> {
  const reader = await ExplainerReader.open(directory).catch(() => null)
  return reader?.manifest.correctedFrom?.directory ?? null
}
