import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { COMMAND } from './fit-digits.ts'

test('a report is read from the disk: an explanation, a contrast, a mistake, the suspects', async ({
  page,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'representer-report-'))
  try {
    const out = join(folder, 'report')
    const digits = process.env.REPRESENTER_E2E_DIGITS as string
    execFileSync(process.execPath, [
      COMMAND,
      'report',
      digits,
      'test/62',
      'test/149',
      '--out',
      out,
      '--quiet',
    ])
    const asked: string[] = []
    page.on('request', request => asked.push(request.url()))
    const complaints: string[] = []
    page.on('pageerror', error => complaints.push(error.message))
    page.on('console', message => {
      if (message.type() === 'error') complaints.push(message.text())
    })

    await page.goto(pathToFileURL(join(out, 'index.html')).href)
    await expect(page.getByText('Values add up to the logit within')).toBeVisible()
    await page.goto(`${pathToFileURL(join(out, 'index.html')).href}#/explain?split=test&row=62`)
    const pane = page.getByRole('article', { name: 'Explanation of test/62' })
    await expect(pane.getByRole('heading', { name: 'test/62: why 5?' })).toBeVisible()
    const shown = pane
      .getByRole('region', { name: /^Excitatory/ })
      .getByRole('img')
      .first()
    await expect(shown).toHaveJSProperty('naturalWidth', 28)
    await page.getByRole('radio', { name: 'Contrast' }).click()
    await expect(pane.getByRole('heading', { name: /5 rather than 9/ })).toBeVisible()

    const screens = page.getByRole('navigation', { name: 'Screens' })
    await screens.getByRole('link', { name: 'Mistakes' }).click()
    await page
      .getByRole('grid')
      .getByRole('button', { name: /^4 taken for 9/ })
      .click()
    await expect(page.getByRole('region', { name: /4 taken for 9/ })).toBeVisible()
    await screens.getByRole('link', { name: 'Review' }).click()
    await expect(page.getByRole('heading', { name: 'Why it is suspect' })).toBeVisible()
    await expect(page.getByRole('button', { name: /^Refit/ })).toHaveCount(0)

    await screens.getByRole('link', { name: 'Examples' }).click()
    await expect(page.getByRole('listbox', { name: 'Test examples' })).toBeVisible()
    await expect(page.getByText(/of 10,000 examples are in this report/)).toBeVisible()
    await page.waitForLoadState('networkidle')

    // Before axe asks for the style sheet in a way that browsers refuse pages from disk.
    expect(complaints).toEqual([])
    expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id)).toEqual([])
    expect(asked.filter(url => !url.startsWith('file:') && !url.startsWith('data:'))).toEqual([])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
