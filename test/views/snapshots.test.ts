import { expect, test } from 'vitest'
import { classSums } from '../../src/views/class-sums.ts'
import { comparisonPage } from '../../src/views/comparison-view.ts'
import { contributionBar } from '../../src/views/contribution-bars.ts'
import { evaluationPage } from '../../src/views/evaluation-page.ts'
import { explanationSection } from '../../src/views/explanation-view.ts'
import type { Html } from '../../src/views/html.ts'
import { suspectsGrid } from '../../src/views/suspects-view.ts'
import { comparison, evaluation, explanation, suspects } from './made-up.ts'

/** What a page says, without the style that all pages have. */
const mainOf = (page: string): string => page.slice(page.indexOf('<main>'), page.indexOf('</body>')).trimEnd()

const pictures: Record<string, Html | string> = {
  'contribution-bar.svg': contributionBar(-0.75, 1),
  'class-sums.html': classSums(explanation()),
  'explanation.html': explanationSection(explanation()),
  'explanation-without-pictures.html': explanationSection(explanation(null)),
  'suspects.html': suspectsGrid(suspects()),
  'comparison.html': mainOf(comparisonPage(comparison())),
  'evaluation.html': mainOf(evaluationPage(evaluation())),
}

test.each(Object.entries(pictures))('%s', async (file, picture) => {
  await expect(`${picture}\n`).toMatchFileSnapshot(`snapshots/${file}`)
})
