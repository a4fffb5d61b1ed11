import { AxeBuilder } from '@axe-core/playwright'
import { expect, test } from './served.ts'

test('it is shown where an input looks, whole and by training example, by keyboard and by link', async ({
  page,
}) => {
  const complaints: string[] = []
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  await page.goto(new URL('/explain?split=test&row=62', page.url()).href)
  const choice = page.getByRole('radiogroup', { name: 'Where it looks' })
  await expect(choice.getByRole('radio', { name: 'Off' })).toBeChecked()
  const panel = page.getByRole('region', { name: 'Where it looks' })
  await expect(panel).toHaveCount(0)

  await choice.getByRole('radio', { name: 'Off' }).focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Space')
  await expect(panel.getByAltText('The whole map over the picture')).toBeVisible()
  await expect(page).toHaveURL(/maps=whole/)
  await expect(page.getByAltText(/^The part of train\//)).toHaveCount(0)
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Space')
  await expect(page).toHaveURL(/maps=parts/)
  await expect(page.getByAltText(/^The part of train\//)).toHaveCount(20)
  await expect(panel.getByText('add up to the whole within')).toBeVisible()
  const of5 = await panel.getByAltText('The whole map over the picture').getAttribute('src')

  // A link has it, and another output another map.
  await page.reload()
  await expect(page.getByAltText(/^The part of train\//)).toHaveCount(20)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => `${colorScheme}: ${id} at ${nodes[0]?.target}`)).toEqual([])
    if (colorScheme === 'light') {
      const mask = [page.getByText(/µs/)]
      await expect(page).toHaveScreenshot('maps.png', {
        maxDiffPixelRatio: 0.001,
        mask,
        maskColor: '#eceff2',
      })
    }
  }
  await page.goto(new URL('/explain?split=test&row=62&maps=parts&contrast=5,9', page.url()).href)
  await expect(panel.getByText('By how much the difference changes')).toBeVisible()
  const against9 = await panel.getByAltText('The whole map over the picture').getAttribute('src')
  expect(against9).not.toBe(of5)

  const by = page.getByRole('radiogroup', { name: 'Shown by' })
  await expect(by.getByRole('radio', { name: 'Gradient', exact: true })).toBeChecked()
  const seen = new Set([against9])
  for (const [name, link, words] of [
    ['Gradient × input', 'times-input', 'How much of the difference each pixel makes up'],
    ['SmoothGrad', 'smoothgrad', 'in the mean over 50 inputs with noise'],
  ]) {
    await by.getByRole('radio', { name }).click()
    await expect(page).toHaveURL(new RegExp(`by=${link}`))
    await expect(panel.getByText(words)).toBeVisible()
    const picture = panel.getByAltText('The whole map over the picture')
    await expect(picture).toBeVisible()
    seen.add(await picture.getAttribute('src'))
  }
  expect(seen.size).toBe(3)
  await by.getByRole('radio', { name: 'Gradient', exact: true }).click()
  await expect(page).not.toHaveURL(/by=/)

  await page.setViewportSize({ width: 390, height: 844 })
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(width).toBeLessThanOrEqual(390)
  await choice.getByRole('radio', { name: 'Off' }).click()
  await expect(page).not.toHaveURL(/maps=/)
  await expect(panel).toHaveCount(0)
  expect(complaints).toEqual([])
})

test('pictures of the user have maps too, and two explanations side by side each its own', async ({
  page,
}) => {
  await page.goto(new URL('/explain?split=test&row=62&maps=parts&k=5&pin=test/149', page.url()).href)
  const panels = page.getByRole('region', { name: 'Where it looks' })
  await expect(panels).toHaveCount(2)
  await expect(page.getByAltText(/^The part of train\//)).toHaveCount(20)
  const picture = await page.request.get(new URL('/api/v1/pictures/test/62', page.url()).href)
  await page.goto(new URL('/explain?maps=whole', page.url()).href)
  const file = { name: 'mine.png', mimeType: 'image/png', buffer: await picture.body() }
  await page.getByLabel('Your picture').setInputFiles(file)
  await expect(panels.getByAltText('The whole map over the picture')).toBeVisible()
})
