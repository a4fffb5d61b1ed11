// Features of JPEG files, against what decoding and the network allow on all cores.

import { measureJpeg, measureParquet } from '../extraction.js'
import { extractionRow } from '../frame/extraction-row.js'

const LIMIT = 'decoding and network, each at its own rate'

export async function measure(setting) {
  return [
    extractionRow('JPEG in Parquet, 32 × 32, pictures', await measureParquet(setting), LIMIT),
    extractionRow('JPEG in a folder, 500 × 375, pictures', await measureJpeg(setting), LIMIT),
  ]
}
