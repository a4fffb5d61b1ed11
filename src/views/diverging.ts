/*
 * The colours of maps: blue where a number raises, orange where it lowers, over the picture in light grey. The two
 * stay apart for colour-blind eyes, and from each other in no darkness but in hue; see page-style.ts.
 */

type Rgb = readonly [red: number, green: number, blue: number]

const RAISES: Rgb = [12, 84, 158]
const LOWERS: Rgb = [186, 78, 0]

/** Of what a picture's darkest and lightest grey become below the colours. */
const [DARKEST, LIGHTEST] = [168, 252]

/**
 * The colour of a place in a map. Its share is the square root of the level: parts of a map are many and small, and
 * on the one scale that all panels have they would not be seen in proportion.
 *
 * @param grey of the picture there, 0 to 255
 * @param level the map's number over its scale: −1 to 1, beyond which colours no longer change
 */
export function divergingColour(grey: number, level: number): Rgb {
  const base = DARKEST + ((LIGHTEST - DARKEST) * grey) / 255
  const full = level < 0 ? LOWERS : RAISES
  const share = colourShare(level)
  const blended = (at: number): number => Math.round(base + share * (full[at] - base))
  return [blended(0), blended(1), blended(2)]
}

/** How much of the full colour a level has, 0 to 1. */
export const colourShare = (level: number): number => Math.sqrt(Math.min(1, Math.abs(level)))

/** Colours from the least level to the largest, in even steps of their share. */
export function divergingRamp(steps: number): string[] {
  return Array.from({ length: steps + 1 }, (_, i) => {
    const share = (2 * i) / steps - 1
    return `rgb(${divergingColour(128, share * Math.abs(share)).join(', ')})`
  })
}
