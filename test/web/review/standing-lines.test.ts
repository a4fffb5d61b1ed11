import { expect, test } from 'vitest'
import { standingLines } from '../../../web/src/review/standing-lines.ts'

const none = { train: null, test: null }
const standing = { n: 100, accuracy: none, f1: none, r2: none, disputed: 9, suspects: [] }

const words = (...standings: Parameters<typeof standingLines>) =>
  standingLines(...standings).map(({ name, values, change }) =>
    [name, ...values, change].map(text => text.replaceAll('\u00a0', ' ')),
  )

test('a refit is measured by what its labels are', () => {
  const after = { ...standing, n: 99, disputed: 7 }
  const rest = [
    ['Disputed labels', '9', '7', '−2, better'],
    ['Training examples', '100', '99', '−1'],
  ]
  expect(words(standing, after)).toEqual(rest)
  const classes = (train: number, test: number) => ({ accuracy: { train, test } })
  expect(words({ ...standing, ...classes(0.9, 0.8) }, { ...after, ...classes(0.925, 0.8) })).toEqual([
    ['Accuracy on test examples', '80.00 %', '80.00 %', 'the same'],
    ['Accuracy on training examples', '90.00 %', '92.50 %', '+2.50 points, better'],
    ...rest,
  ])
  expect(
    words({ ...standing, f1: { train: 0.5, test: null } }, { ...after, f1: { train: 0.4, test: null } }),
  ).toEqual([['F1 on training examples', '50.00 %', '40.00 %', '−10.00 points, worse'], ...rest])
  expect(
    words({ ...standing, r2: { train: 0.25, test: -0.5 } }, { ...after, r2: { train: 0.75, test: null } }),
  ).toEqual([
    ['R² on test examples', '−0.5000', '–', '–'],
    ['R² on training examples', '0.2500', '0.7500', '+0.5000, better'],
    ...rest,
  ])
})
