import type { Page } from '@playwright/test'
import { expect, test } from './served.ts'

/** Work that takes long goes on without the page that began it, and the next page takes it up. */

const at = (page: Page, address: string): string => new URL(address, page.url()).href

test('a refit goes on over a reload, with its progress, its end and what it changed', async ({ page }) => {
  test.setTimeout(120_000)
  await page.goto(at(page, '/review'))
  await expect(page.getByRole('status', { name: 'Progress' })).toHaveText(/^0 of 200/)
  await page.keyboard.press('w')
  await page.getByRole('button', { name: 'Refit: 1 relabelled' }).click()
  await expect(page.getByRole('progressbar', { name: /^Refit/ })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('progressbar', { name: /^Refit/ })).toBeVisible()
  await expect(page.getByRole('button', { name: /^Refit: 1 relabelled/ })).toHaveCount(0)
  const table = page.getByRole('table', { name: /1 relabelled and 0 excluded/ })
  await expect(table).toBeVisible({ timeout: 60_000 })
  // What ended before a page was opened is known to it too.
  await page.reload()
  await expect(table).toBeVisible()
})

test('a map is cancelled from the page that was opened after it was begun, and made from another', async ({
  page,
}) => {
  test.setTimeout(360_000)
  await page.goto(at(page, '/map'))
  const make = page.getByRole('button', { name: 'Make the map' })
  await make.click()
  await expect(page.getByRole('heading', { name: 'Making the map' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Making the map' })).toBeVisible()
  await page.getByRole('button', { name: 'Cancel Map' }).click()
  await expect(page.getByText('The last one was cancelled.')).toBeVisible()

  await make.click()
  await expect(page.getByRole('heading', { name: 'Making the map' })).toBeVisible()
  // Another screen tells of it too, and so does a page that is loaded there.
  await page.goto(at(page, '/examples'))
  const indicator = page.getByRole('banner').getByRole('button', { name: /^Map/ })
  await expect(indicator).toHaveText(/^Map \d+\s%/, { timeout: 60_000 })
  await indicator.click()
  await expect(page.getByRole('banner').getByRole('progressbar', { name: /^Map: / })).toBeVisible()
  await page.goto(at(page, '/map'))
  await expect(page.getByText('A sample: 10,000 of 70,000 examples')).toBeVisible({ timeout: 180_000 })
})
