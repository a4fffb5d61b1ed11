// What the study of solvers found: a summary by choice, and every cell by problem.

import { machineLines, markdownLines, textLines } from '../frame/table.js'
import { median } from '../frame/timing.js'
import { count, seconds, times } from '../frame/units.js'

const SOLVERS = ['L-BFGS', 'Newton-CG']

const SUMMARY = ['activation', 'choice', 'converged', 'time over that of the fastest, median', 'largest']

/** For a terminal. */
export function solverText(report) {
  const cells = cellsOf(report)
  return Object.keys(cells)
    .flatMap(activation => [
      '',
      activation,
      ...textLines(...problemTable(cells[activation], text => `*${text}`)),
    ])
    .concat('', textLines(SUMMARY, summaryRows(cells)))
    .join('\n')
}

export function solverMarkdown(report) {
  const cells = cellsOf(report)
  return [
    ...machineLines(report.machine).map(text => `${text}  `),
    '',
    ...markdownLines(SUMMARY, summaryRows(cells)),
    ...Object.keys(cells).flatMap(activation => [
      '',
      `### ${activation}`,
      '',
      ...markdownLines(...problemTable(cells[activation], text => `**${text}**`)),
    ]),
  ].join('\n')
}

/** What was measured, by activation. */
function cellsOf({ claims }) {
  const all = claims.flatMap(({ rows = [] }) => rows.map(({ cell }) => cell))
  return grouped(all, ({ activation }) => activation)
}

/**
 * Headings, and a row for each problem.
 *
 * @param {(text: string) => string} emphasise what was fastest
 */
function problemTable(cells, emphasise) {
  const forms = [...new Set(cells.flatMap(({ runs }) => runs.map(({ form }) => form)))]
  const choices = SOLVERS.flatMap(solver => forms.map(form => ({ solver, form })))
  const rows = cells.map(({ d, c, n, lambda, runs, fit }) => {
    const best = fastest([...runs, fit])
    const text = run => {
      if (!run) return ''
      if (!run.converged) return '–'
      const took = `${Math.round(run.evaluations)} in ${seconds(run.seconds)}`
      return run === best ? emphasise(took) : took
    }
    return [
      `${count(n)} × ${d} × ${c}`,
      `${lambda}`,
      ...choices.map(({ solver, form }) =>
        text(runs.find(run => run.solver === solver && run.form === form)),
      ),
      `${fit.form}: ${text(fit)}`,
    ]
  })
  return [['n × d × c', 'λ', ...choices.map(nameOf), 'the fit'], rows]
}

/** One row for each choice: of the problems where it could be made, how many it solved, and how fast. */
function summaryRows(cells) {
  return Object.entries(cells).flatMap(([activation, ofActivation]) => {
    const tried = ofActivation.flatMap(({ runs, fit }) => {
      const best = fastest([...runs, fit])
      return [...runs, fit].map(run => ({ ...run, ratio: best ? run.seconds / best.seconds : Number.NaN }))
    })
    const byChoice = grouped(tried, run => (run.solver === 'fit' ? 'the fit' : nameOf(run)))
    return Object.entries(byChoice).map(([choice, runs]) => {
      const ratios = runs.filter(({ converged }) => converged).map(({ ratio }) => ratio)
      return [
        activation,
        choice,
        `${ratios.length} of ${runs.length}`,
        ratios.length > 0 ? times(median(ratios)) : '',
        ratios.length > 0 ? times(Math.max(...ratios)) : '',
      ]
    })
  })
}

const nameOf = ({ solver, form }) => `${solver}, ${form}`

/** Of those that converged; none where none did. */
export function fastest(runs) {
  return runs.filter(({ converged }) => converged).sort((a, b) => a.seconds - b.seconds)[0]
}

function grouped(items, keyOf) {
  const groups = {}
  for (const item of items) {
    const key = keyOf(item)
    groups[key] = [...(groups[key] ?? []), item]
  }
  return groups
}
