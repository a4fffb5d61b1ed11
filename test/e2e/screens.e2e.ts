import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './served.ts'

/** Each screen with something on it: its address, and a sentence that is there when it is drawn. */
const SCREENS = {
  overview: ['/', 'Values add up to the logit within'],
  explain: ['/explain?split=test&row=62', 'The shown cover'],
  contrast: ['/explain?split=test&row=62&contrast=5,9', '5 rather than 9'],
  mistakes: ['/mistakes?split=test&cell=4,9', 'In the training set this is'],
  review: ['/review', 'Why it is suspect'],
  map: ['/map', 'A sample: 10,000 of 70,000 examples'],
  examples: ['/examples?split=train', 'train/0'],
} as const

type Screen = keyof typeof SCREENS

async function show(page: Page, screen: Screen): Promise<void> {
  const [address, sentence] = SCREENS[screen]
  await page.goto(new URL(address, page.url()).href)
  await expect(page.getByText(sentence, { exact: false }).first()).toBeVisible()
  await page.waitForLoadState('networkidle')
}

/** Asks for the map, and waits until it is made. */
async function makeMap(page: Page): Promise<void> {
  await page.goto(new URL('/map', page.url()).href)
  await page.getByRole('button', { name: /^(Make|Compute|Draw) / }).click()
  await expect(page.getByText(SCREENS.map[1])).toBeVisible({ timeout: 80_000 })
}

const NAMES = Object.keys(SCREENS) as Screen[]

test('every screen is drawn without a fault that axe finds, in both themes and on a phone', async ({
  page,
}) => {
  test.setTimeout(420_000)
  await makeMap(page)
  const complaints: string[] = []
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(error.message))
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width: 1280, height: 900 })
    for (const screen of NAMES) {
      await show(page, screen)
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => `${screen}, ${theme}: ${id} at ${nodes[0]?.target}`)).toEqual(
        [],
      )
      if (theme === 'light' || screen === 'explain') {
        const name = theme === 'light' ? `${screen}.png` : `${screen}-dark.png`
        await expect(page).toHaveScreenshot(name, {
          maxDiffPixelRatio: 0.001,
          mask: varying(page),
          maskColor: '#eceff2',
        })
      }
    }
  }
  await page.setViewportSize({ width: 390, height: 844 })
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  for (const screen of NAMES) {
    await show(page, screen)
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width, `${screen} on a phone is no wider than that`).toBeLessThanOrEqual(390)
    if (screen === 'explain' || screen === 'review') {
      await expect(page).toHaveScreenshot(`${screen}-phone.png`, {
        maxDiffPixelRatio: 0.001,
        mask: varying(page),
        maskColor: '#eceff2',
      })
    }
  }
  expect(complaints).toEqual([])
})

/** What is another at each time. */
const varying = (page: Page) => [page.getByText(/µs/)]
