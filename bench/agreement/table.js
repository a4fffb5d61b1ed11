// What the study of attributions found: a row for each method, and of each λ two columns.

import { machineLines, markdownLines, textLines } from '../frame/table.js'

/** By what an attribution is judged. */
const KINDS = { loo: 'leave-one-out', lds: 'LDS' }

/** For a terminal. */
export function agreementText(report) {
  return [...textLines(...agreementTable(report)), '', ...notes(report)].join('\n')
}

export function agreementMarkdown(report) {
  return [
    ...machineLines(report.machine).map(text => `${text}  `),
    '',
    ...markdownLines(...agreementTable(report)),
    '',
    ...notes(report).map(text => `- ${text}`),
  ].join('\n')
}

const rowsOf = ({ claims }) => claims.flatMap(({ rows = [] }) => rows)

/** Headings, and a row for each method. */
function agreementTable(report) {
  const rows = rowsOf(report)
  const lambdas = [...new Set(rows.map(({ cell }) => cell.lambda))].sort((a, b) => a - b)
  const columns = Object.keys(KINDS).flatMap(kind => lambdas.map(lambda => ({ kind, lambda })))
  const methods = [...new Set(rows.map(({ cell }) => cell.method))]
  const value = (method, { kind, lambda }) => {
    const found = rows.find(
      ({ cell }) => cell.method === method && cell.kind === kind && cell.lambda === lambda,
    )
    return found?.ours.toFixed(3) ?? ''
  }
  return [
    ['method', ...columns.map(({ kind, lambda }) => `${KINDS[kind]}, λ ${lambda}`)],
    methods.map(method => [method, ...columns.map(column => value(method, column))]),
  ]
}

/** What was asked for and is not there, and what the refits took. */
function notes(report) {
  const rows = rowsOf(report)
  const missed = rows.filter(({ reached }) => reached === false)
  return [
    missed.length === 0
      ? 'every figure that must be reached is'
      : `missed: ${missed.map(({ what, checks }) => `${what}, ${checks[0].what}`).join('; ')}`,
    ...rows.filter(({ cell }) => cell.refits).map(({ cell: { lambda, refits } }) => `λ ${lambda}: ${refits}`),
  ]
}
