// Loaded into a process before its program (node --import): at its end it writes the most memory that it had.

import { writeFileSync } from 'node:fs'
import { peakBytes } from './memory.js'

process.on('exit', () => writeFileSync(process.env.REPRESENTER_BENCH_PEAK, `${peakBytes()}`))
