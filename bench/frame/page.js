// The pages of docs/ that show figures.

import { agreementMarkdown, agreementText } from '../agreement/table.js'
import { solverMarkdown, solverText } from '../solver/table.js'
import { suspectsMarkdown, suspectsText } from '../suspects/table.js'
import { markdownTable } from './table.js'

/**
 * @typedef {object} Page
 * @property {string} file in docs/
 * @property {(report: object) => string} markdown what stands in it
 * @property {(report: object) => string} [text] what the terminal shows beside the rows
 */

const CLAIMS_PAGE = { file: 'bench.md', markdown: markdownTable }

/** By the study's name. */
const STUDY_PAGES = new Map([
  ['agreement', { file: 'compare.md', markdown: agreementMarkdown, text: agreementText }],
  ['solver', { file: 'solver.md', markdown: solverMarkdown, text: solverText }],
  ['suspects', { file: 'suspects.md', markdown: suspectsMarkdown, text: suspectsText }],
])

/**
 * Where the figures of these claims go; all claims where none is named.
 *
 * @param {readonly string[]} names
 * @returns {Page | null} null where no one page is theirs
 */
export function pageOf(names) {
  if (!names.some(name => STUDY_PAGES.has(name))) return CLAIMS_PAGE
  return names.length === 1 ? STUDY_PAGES.get(names[0]) : null
}

const FIGURES = /(<!-- table -->\n)[\s\S]*(<!-- end of table -->)/

/** A page with these figures in place of those that it had. */
export function withFigures(page, figures) {
  return page.replace(FIGURES, (_, before, after) => `${before}\n${figures}\n\n${after}`)
}
