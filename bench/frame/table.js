import { isReached, ratioText, targetText, UNITS } from './row.js'
import { bytes, percent } from './units.js'

const HEADINGS = ['claim', 'what', 'ours', 'peer', 'ratio', 'must be', 'of the machine', 'result']
const LIMITS = { matrixProduct: 'of the matrix product', memoryStream: 'of the memory stream' }

/** The whole table for a terminal, with what else must be and the notes under each claim. */
export function textTable(report) {
  return [
    ...machineLines(report.machine),
    '',
    ...textLines(HEADINGS, cellsOf(report)),
    '',
    ...remarks(report),
  ].join('\n')
}

/** The same in Markdown. */
export function markdownTable(report) {
  return [
    ...machineLines(report.machine).map(text => `${text}  `),
    '',
    ...markdownLines(HEADINGS, cellsOf(report)),
    '',
    ...remarks(report).map(text => `- ${text}`),
  ].join('\n')
}

/** Cells in columns for a terminal. */
export function textLines(headings, rows) {
  const cells = [headings, ...rows]
  const widths = headings.map((_, k) => Math.max(...cells.map(row => row[k].length)))
  const lines = cells.map(row =>
    row
      .map((cell, k) => cell.padEnd(widths[k]))
      .join('  ')
      .trimEnd(),
  )
  lines.splice(1, 0, widths.map(width => '-'.repeat(width)).join('  '))
  return lines
}

/** Cells as a table in Markdown. */
export function markdownLines(headings, rows) {
  const line = row => `| ${row.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)]
}

/** What was measured on. */
export function machineLines({ processor, cores, memoryBytes, platform, node, load, limits }) {
  const gigaflops = rate => `${(rate / 1e9).toFixed(0)} GFLOP/s`
  const product = [
    limits.matrixProduct && `ONNX Runtime ${gigaflops(limits.matrixProduct)}`,
    limits.torchProduct && `PyTorch ${gigaflops(limits.torchProduct)}`,
  ]
  return [
    `${processor}, ${cores} cores, ${bytes(memoryBytes)}, ${platform}, Node.js ${node}; load ${load.toFixed(1)} before the bench`,
    `large matrix product, float32: ${product.filter(Boolean).join(', ') || 'not measured'}; ` +
      `memory stream: ${limits.memoryStream ? `${(limits.memoryStream / 1e9).toFixed(1)} GB/s` : 'not measured'}`,
  ]
}

function cellsOf({ claims, machine }) {
  return claims.flatMap(({ claim, error, rows = [] }) =>
    error === undefined
      ? rows.map((row, k) => [k === 0 ? claim : '', ...rowCells(row, machine.limits)])
      : [[claim, '', '', '', '', '', '', 'failed']],
  )
}

function rowCells(row, limits) {
  const text = UNITS[row.unit]
  return [
    row.what,
    text(row.ours),
    row.peer === null ? '' : (row.peer.absent ?? `${text(row.peer.value)}, ${row.peer.name}`),
    ratioText(row),
    targetText(row.target),
    row.limit && limits[row.limit.of]
      ? `${percent(row.limit.rate / limits[row.limit.of])} ${LIMITS[row.limit.of]}`
      : '',
    resultOf(row),
  ]
}

function resultOf(row) {
  const reached = isReached(row)
  if (reached === null) return row.peer?.absent ? 'no peer' : 'reported'
  return reached ? 'reached' : 'missed'
}

function remarks({ claims }) {
  return claims.flatMap(({ claim, error, rows = [], peakBytes, seconds }) => [
    ...(error === undefined ? [] : [`${claim}: failed: ${error}`]),
    ...rows.flatMap(({ what, checks, notes }) => {
      const about = rows.length > 1 ? `${claim}, ${what}` : claim
      return [
        ...checks.map(check => `${about}: ${check.what}: ${check.reached ? 'reached' : 'missed'}`),
        ...notes.map(note => `${about}: ${note}`),
      ]
    }),
    ...(peakBytes
      ? [`${claim}: all of it took ${seconds.toFixed(0)} s and ${bytes(peakBytes)} of memory`]
      : []),
  ])
}
