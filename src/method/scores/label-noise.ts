import { random } from '../../math/random.ts'

/** How labels are made wrong: to any other class alike, or each class to the one after it. */
export type NoiseKind = 'symmetric' | 'pair'

/** Labels of which some are wrong. */
export interface NoisyLabels {
  /** [n] */
  readonly labels: Int32Array
  /** 1 of each that was changed, else 0 [n] */
  readonly isWrong: Uint8Array
}

/**
 * Makes a share of labels wrong, each with that probability by itself (the two kinds as Han et al. 2018 have
 * them). The same for the same seed.
 *
 * @param c classes, 2 or more
 */
export function plantLabelNoise(
  labels: Int32Array,
  c: number,
  { share, kind, seed }: { readonly share: number; readonly kind: NoiseKind; readonly seed: number },
): NoisyLabels {
  const uniform = random(seed)
  const isWrong = new Uint8Array(labels.length)
  const noisy = labels.map((y, i) => {
    const [draw, other] = [uniform(), uniform()]
    if (draw >= share) return y
    isWrong[i] = 1
    return (y + (kind === 'pair' ? 1 : 1 + Math.floor(other * (c - 1)))) % c
  })
  return { labels: noisy, isWrong }
}
