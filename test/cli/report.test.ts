import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fittedPictures } from '../app/fitted-pictures.ts'
import { run } from './command.ts'

test('report reads pictures of the roots alone, of which several may be given', async () => {
  const { directory, out, report } = await fittedPictures()
  const elsewhere = join(directory, 'elsewhere')
  await mkdir(elsewhere)
  const reported = async (...options: readonly string[]) => {
    const ended = await run(['report', out, 'train/3', '--out', report, '--force', '--json', ...options])
    return { pictures: JSON.parse(ended.stdout).pictures, stderr: ended.stderr }
  }
  expect((await reported()).pictures).toBeGreaterThan(0)
  expect((await reported('--root', elsewhere, '--root', directory)).pictures).toBeGreaterThan(0)
  expect(await reported('--root', elsewhere)).toEqual({
    pictures: 0,
    stderr: expect.stringContaining('shown without pictures: '),
  })
})
