import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { readFileBytes } from '../../formats/files.node.ts'
import { readParquet, readParquetInfo } from '../../formats/parquet.ts'
import { encodeParquet } from '../../formats/parquet-write.ts'
import type { Doubts } from '../../method/scores/label-doubt.ts'
import type { ScoreName } from '../../method/scores/names.ts'
import type { ExplainerReader } from '../../store/read.node.ts'
import { writeComputed } from '../../store/write.node.ts'
import { UserError } from '../../user-error.ts'
import { VERSION } from '../../version.ts'

const fileOf = (score: ScoreName): string => `suspicions/${score}.parquet`

/** What doubts were made of, and by what: where it is another they are made anew. */
const originOf = ({ manifest: { files } }: ExplainerReader): string =>
  createHash('sha256')
    .update(JSON.stringify([VERSION, files]))
    .digest('hex')

/** The doubts that an explainer keeps by a score; null where it keeps none, or none that can be used. */
export async function readDoubts(reader: ExplainerReader, score: ScoreName): Promise<Doubts | null> {
  const { n, c, classCount } = reader.manifest
  try {
    const file = await readFileBytes(join(reader.directory, fileOf(score)))
    const { rows, metadata } = await readParquetInfo(file)
    if (rows !== n || metadata.get('origin') !== originOf(reader)) return null
    const { suspicion, output, suggested } = await readParquet(file, ['suspicion', 'output', 'suggested'])
    const isOutput = (x: unknown) => Number(x) >= 0 && Number(x) < Math.max(c, classCount)
    if (!suspicion.every(Number.isFinite) || !output.every(isOutput)) return null
    return {
      doubts: Float64Array.from(suspicion, Number),
      outputs: Int32Array.from(output, Number),
      suggested: suggested.every(Number.isFinite) ? Float64Array.from(suggested, Number) : null,
    }
  } catch (error) {
    if (error instanceof UserError) return null
    throw error
  }
}

/** Keeps doubts with their explainer, where it can be written to: without that they are only made again. */
export async function keepDoubts(
  reader: ExplainerReader,
  score: ScoreName,
  { doubts, outputs, suggested }: Doubts,
): Promise<void> {
  const bytes = encodeParquet(
    [
      { name: 'row', type: 'int32', values: Int32Array.from(doubts, (_, row) => row) },
      { name: 'suspicion', type: 'double', values: doubts },
      { name: 'output', type: 'int32', values: outputs },
      { name: 'suggested', type: 'double', values: suggested ?? Array(doubts.length), nullable: true },
    ],
    { metadata: { origin: originOf(reader) } },
  )
  await writeComputed(reader.directory, fileOf(score), bytes).catch(error => {
    if (!(error instanceof UserError)) throw error
  })
}
