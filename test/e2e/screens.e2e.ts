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
  await expect(page.getByText(SCREENS.map[1])).toBeVisible({ timeout: 180_000 })
}

const NAMES = Object.keys(SCREENS) as Screen[]

test('every screen is drawn without a fault that axe finds, in both themes and on a phone', async ({
  page,
}) => {
  test.setTimeout(540_000)
  await makeMap(page)
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width: 1280, height: 900 })
    for (const screen of NAMES) {
      await show(page, screen)
      await expectNoFaults(page, `${screen}, ${theme}`)
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
})

test('no list that is open, and no address that is no screen’s, has a fault that axe finds', async ({
  page,
}) => {
  test.setTimeout(240_000)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 })
      const where = `${colorScheme}, ${width} px`
      await show(page, 'explain')
      const example = page.getByRole('combobox', { name: 'Example by id or row' })
      await example.fill('test/6')
      await example.press('ArrowDown')
      await expect(page.getByRole('listbox').getByRole('option', { selected: true })).toContainText('test/6')
      await expectNoFaults(page, `examples by id, ${where}`)
      await example.fill('nothing')
      await expect(page.getByText('No example has this id or row.')).toBeVisible()
      await expectNoFaults(page, `no example, ${where}`)
      await example.press('Escape')
      await expect(page.getByText('No example has this id or row.')).toHaveCount(0)
      await expect(example).toBeFocused()

      await show(page, 'review')
      await page.keyboard.press('0')
      await expect(page.getByRole('listbox').getByRole('option')).toHaveCount(10)
      await expectNoFaults(page, `classes, ${where}`)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth)
      expect(wide, `the list fits ${where}`).toBeLessThanOrEqual(width)
      // Single keys are typed there, and decide nothing; Escape goes back to them.
      await page.keyboard.press('q')
      await expect(page.getByText('No class has this name.')).toBeVisible()
      await page.keyboard.press('Escape')
      await expect(page.getByRole('listbox')).toHaveCount(0)
      await expect(page.getByRole('status', { name: 'Progress' })).toHaveText(/^0 of 200/)

      await page.goto(new URL('/nonsense', page.url()).href)
      await expect(page.getByRole('heading', { level: 1, name: 'No such screen' })).toBeVisible()
      await expect(page).toHaveTitle(/^No such screen · /)
      await expectNoFaults(page, `no screen, ${where}`)
    }
  }
  await page.getByRole('main').getByRole('link', { name: 'Mistakes' }).click()
  await expect(page).toHaveTitle(/^Mistakes · /)
  await expect(page).toHaveURL(/\/mistakes$/)
})

test('a screen that breaks says so, and the others go on', async ({ page, complaints }) => {
  await page.route('**/map-screen*.js', route =>
    route.fulfill({ contentType: 'text/javascript', body: "throw new Error('out of ink')" }),
  )
  await page.goto(new URL('/map', page.url()).href)
  await expect(page.getByRole('alert')).toContainText('This screen could not be loaded')
  await expect(page.getByRole('alert')).toContainText('out of ink')
  await expectNoFaults(page, 'a broken screen')
  await page.getByRole('navigation').getByRole('link', { name: 'Mistakes' }).click()
  await expect(page.getByRole('grid')).toBeVisible()
  expect(complaints.join()).toContain('out of ink')
  complaints.length = 0
})

async function expectNoFaults(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => `${where}: ${id} at ${nodes[0]?.target}`)).toEqual([])
}

/** What is another at each time. */
const varying = (page: Page) => [page.getByText(/µs/)]
