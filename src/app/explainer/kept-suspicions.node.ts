import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { readFileBytes } from '../../formats/files.node.ts'
import { readParquet, readParquetInfo } from '../../formats/parquet.ts'
import { encodeParquet } from '../../formats/parquet-write.ts'
import type { ScoreName } from '../../method/scores/names.ts'
import type { Suspicions } from '../../method/scores/suspicion.ts'
import type { ExplainerReader } from '../../store/read.node.ts'
import { writeComputed } from '../../store/write.node.ts'
import { UserError } from '../../user-error.ts'
import { VERSION } from '../../version.ts'

const fileOf = (score: ScoreName): string => `suspicions/${score}.parquet`

/**
 * A digest of what suspicions are and of what they were made of, and by what: where it is another they are not those of
 * this explainer, or damaged, and are made anew.
 */
function digestOf(
  { manifest: { files } }: ExplainerReader,
  score: ScoreName,
  { suspicion, outputs, suggested }: Suspicions,
): string {
  const hash = createHash('sha256').update(JSON.stringify([VERSION, score, files]))
  for (const column of [suspicion, outputs, suggested]) {
    hash.update(`${column?.length}`)
    if (column) hash.update(column)
  }
  return hash.digest('hex')
}

/** The suspicions that an explainer keeps by a score; null where it keeps none, or none that can be used. */
export async function readSuspicions(reader: ExplainerReader, score: ScoreName): Promise<Suspicions | null> {
  try {
    const file = await readFileBytes(join(reader.directory, fileOf(score)))
    const { metadata } = await readParquetInfo(file)
    const { suspicion, output, suggested } = await readParquet(file, ['suspicion', 'output', 'suggested'])
    const kept: Suspicions = {
      suspicion: Float64Array.from(suspicion, Number),
      outputs: Int32Array.from(output, Number),
      suggested: suggested.includes(null) ? null : Float64Array.from(suggested, Number),
    }
    return metadata.get('digest') === digestOf(reader, score, kept) ? kept : null
  } catch (error) {
    if (error instanceof UserError) return null
    throw error
  }
}

/** Keeps suspicions with their explainer, where it can be written to: without that they are only made again. */
export async function keepSuspicions(
  reader: ExplainerReader,
  score: ScoreName,
  suspicions: Suspicions,
): Promise<void> {
  const { suspicion, outputs, suggested } = suspicions
  const bytes = encodeParquet(
    [
      { name: 'row', type: 'int32', values: Int32Array.from(suspicion, (_, row) => row) },
      { name: 'suspicion', type: 'double', values: suspicion },
      { name: 'output', type: 'int32', values: outputs },
      { name: 'suggested', type: 'double', values: suggested ?? Array(suspicion.length), nullable: true },
    ],
    { metadata: { digest: digestOf(reader, score, suspicions) } },
  )
  await writeComputed(reader.directory, fileOf(score), bytes).catch(error => {
    if (!(error instanceof UserError)) throw error
  })
}
