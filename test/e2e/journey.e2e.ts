import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, type Served, test } from './served.ts'

/** The main job of a person who cleans labels, from the first click to the corrected explainer. */

const progress = (page: Page) => page.getByRole('status', { name: 'Progress' })

async function open(page: Page, screen: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: screen }).click()
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
}

/** Ends the server, and enters another one. */
async function restarted(page: Page, served: Served, directory?: string): Promise<void> {
  // A page that stays goes on asking.
  await page.goto('about:blank')
  await served.stop()
  await page.goto(await served.start(directory))
}

test('a mistake is explained, and set against the label', async ({ page }) => {
  expect(new URL(page.url()).search).not.toContain('token')
  await expect(page.getByText('Values add up to the logit within')).toBeVisible()
  await open(page, 'Explain')
  await page.getByRole('combobox', { name: 'Example by id or row' }).fill('test/62')
  await page.getByRole('option', { name: 'test/62', exact: false }).first().click()
  const pane = page.getByRole('article', { name: 'Explanation of test/62' })
  await expect(pane.getByRole('heading', { name: 'test/62: why 5?' })).toBeVisible()
  await expect(pane.getByText('wrong').first()).toBeVisible()
  const excitatory = pane.getByRole('region', { name: /^Excitatory/ })
  await expect(excitatory.getByRole('listitem')).toHaveCount(10)
  await expect(excitatory.getByRole('listitem').first()).toContainText('train/19814')

  await page.getByRole('radio', { name: 'Contrast' }).click()
  await expect(pane.getByRole('heading', { name: /5 rather than 9/ })).toBeVisible()
  await expect(page).toHaveURL(/contrast/)

  // The address alone brings the view back.
  const address = page.url()
  await page.goto('about:blank')
  await page.goto(address)
  await expect(pane.getByRole('heading', { name: /5 rather than 9/ })).toBeVisible()
})

test('a training example is explained in its turn, and two explanations stand side by side', async ({
  page,
}) => {
  await page.goto(new URL('/explain?split=test&row=62', page.url()).href)
  const pane = page.getByRole('article', { name: 'Explanation of test/62' })
  await pane.getByRole('button', { name: /^Pin/ }).click()
  await pane
    .getByRole('link', { name: /train\/19814/ })
    .first()
    .click()
  await expect(page.getByRole('article', { name: 'Explanation of train/19814' })).toBeVisible()
  await expect(pane).toBeVisible()
})

test('a picture of the user is explained', async ({ page }) => {
  const picture = await (await page.request.get(new URL('/api/v1/pictures/test/62', page.url()).href)).body()
  await open(page, 'Explain')
  await page
    .getByLabel('Your picture')
    .setInputFiles({ name: 'mine.png', mimeType: 'image/png', buffer: picture })
  await expect(page.getByRole('article', { name: 'Explanation of mine.png' })).toContainText('train/19814')
})

test('a picture that is dropped on the page is explained', async ({ page }) => {
  const picture = await (await page.request.get(new URL('/api/v1/pictures/test/62', page.url()).href)).body()
  const folder = mkdtempSync(join(tmpdir(), 'representer-drop-'))
  try {
    const file = join(folder, 'mine.png')
    writeFileSync(file, picture)
    await open(page, 'Explain')
    const drag = await dragged(page, file)
    const words = page.getByText('Drop the picture to explain it')
    await expect(words).toBeHidden()
    await drag('dragEnter', 'main')
    // Over one element after another, and outside of the screen itself, it is still over the page.
    for (const place of ['main', 'h1', 'main button', 'header nav']) {
      await drag('dragOver', place)
      await expect(words).toBeVisible()
    }
    expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id)).toEqual([])
    await drag('dragOver', null)
    await expect(words).toBeHidden()

    await drag('dragEnter', 'header nav')
    await drag('dragOver', 'header nav')
    await drag('drop', 'header nav')
    await expect(words).toBeHidden()
    await expect(page.getByRole('article', { name: 'Explanation of mine.png' })).toContainText('train/19814')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

/** Drags a file from outside of the browser to the middle of what a selector finds, or for null out of the page. */
async function dragged(page: Page, file: string) {
  const browser = await page.context().newCDPSession(page)
  const data = { items: [], files: [file], dragOperationsMask: 1 }
  return async (type: 'dragEnter' | 'dragOver' | 'drop', over: string | null): Promise<void> => {
    const outside = { x: -20, y: -20, width: 0, height: 0 }
    const box = over === null ? outside : await page.locator(over).first().boundingBox()
    if (box === null) throw new Error(`${over}: not on the page`)
    const place = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
    await browser.send('Input.dispatchDragEvent', { type, ...place, data })
  }
}

test('labels are reviewed by keyboard, kept over a restart, exported, and fitted again', async ({
  page,
  served,
}) => {
  test.setTimeout(120_000)
  await open(page, 'Mistakes')
  await page
    .getByRole('grid')
    .getByRole('button', { name: /^4 taken for 9/ })
    .click()
  const panel = page.getByRole('region', { name: /4 taken for 9/ })
  await expect(panel.getByText(/of 6/).first()).toBeVisible()
  await page.keyboard.press('Escape')

  await open(page, 'Review')
  await expect(progress(page)).toHaveText(/^0 of 200/)
  const first = await page
    .getByRole('region', { name: /4.*7/ })
    .getByText(/^train\//)
    .first()
    .textContent()
  for (const key of ['w', 'q', 'w', 'e', 'w', 'n', 'w', 'w', 'q', 'w']) {
    const before = await progress(page).textContent()
    await page.keyboard.press(key)
    await expect(progress(page)).not.toHaveText(before ?? '')
  }
  // What is to be reviewed later is not done.
  await expect(progress(page)).toHaveText('9 of 200; 6 relabelled, 1 excluded, 2 kept, 1 for later')
  await page.keyboard.press('z')
  await expect(progress(page)).toHaveText(/^8 of 200; 5 relabelled/)
  await page.keyboard.press('Shift+Z')
  await expect(progress(page)).toHaveText(/^9 of 200; 6 relabelled/)
  await page.keyboard.press('z')
  await expect(progress(page)).toHaveText(/^8 of 200; 5 relabelled/)

  await restarted(page, served)
  await open(page, 'Review')
  await expect(progress(page)).toHaveText(/^8 of 200; 5 relabelled/)

  await page.getByRole('button', { name: 'Export' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'All decisions as CSV' }).click()
  const csv = readFileSync(await (await download).path(), 'utf8')
    .trim()
    .split('\n')
  const columns = csv[0].split(',')
  expect(columns).toEqual(expect.arrayContaining(['id', 'given_label', 'new_label', 'action', 'suspicion']))
  expect(csv).toHaveLength(10)
  expect(csv.some(line => line.startsWith(`${first},`) && line.includes('relabel'))).toBe(true)
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: /^Refit: 5 relabelled, 1 excluded/ }).click()
  const table = page.getByRole('table', { name: /5 relabelled and 1 excluded/ })
  await expect(table).toBeVisible({ timeout: 60_000 })
  await expect(table.getByRole('row', { name: /^Training examples/ })).toContainText('59,999')
  await expect(page.getByText(/^representer serve \S*digits-corrected$/)).toBeVisible()

  await restarted(page, served, 'digits-corrected')
  await expect(page.getByRole('heading', { level: 1, name: 'digits-corrected' })).toBeVisible()
  await open(page, 'Review')
  // What was corrected is not doubted again.
  await expect(page.getByRole('navigation', { name: 'Queue' })).not.toContainText(`${first},`)
})
