import { significant } from './numbers.ts'

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

/** Steps of a legend's colours. */
const STEPS = 24

/** The colours of a legend as CSS has them: from what lowers most to what raises most, in even steps of their share. */
export function divergingRamp(): string {
  const colours = Array.from({ length: STEPS + 1 }, (_, i) => {
    const share = (2 * i) / STEPS - 1
    return `rgb(${divergingColour(128, share * Math.abs(share)).join(', ')})`
  })
  return `linear-gradient(to right, ${colours.join(', ')})`
}

/** Numbers below a legend, evenly spaced: half of a colour is a quarter of the scale. */
export const rampTicks = (scale: number): string[] =>
  [-1, -1 / 4, 0, 1 / 4, 1].map(tick =>
    tick === 0 ? '0' : `${tick > 0 ? '+' : ''}${significant(tick * scale, 2)}`,
  )
