/** A colour in light and in dark. */
export type Colour = readonly [light: string, dark: string]

/** As a style sheet takes it. */
export const css = ([light, dark]: Colour): string => `light-dark(${light}, ${dark})`

/** Of what is not known, or filtered away. */
export const FAINT: Colour = ['#c9ced5', '#434a54']

/** Twelve that most eyes keep apart; from the thirteenth class on they come again. */
const CLASSES: readonly Colour[] = [
  ['#3b75af', '#7db4e8'],
  ['#dd5566', '#ff8f9c'],
  ['#22803a', '#5fc873'],
  ['#a68a00', '#e3cf5a'],
  ['#1998bd', '#7bdcfb'],
  ['#a3306f', '#e583bd'],
  ['#8a5a44', '#cda08b'],
  ['#6a52c7', '#b5a4ff'],
  ['#d97400', '#ffad55'],
  ['#5b6470', '#b0b8c3'],
  ['#008f7a', '#4ad7bf'],
  ['#6e8b00', '#b6d64a'],
]

export const colourOfClass = (index: number): Colour => CLASSES[index % CLASSES.length]

/** From how many classes on colours come again. */
export const DISTINCT = CLASSES.length

export const RIGHT: Colour = ['#8fa3b8', '#66788c']
export const WRONG: Colour = ['#b34e00', '#f59b4c']

/** From little to much: lighter to darker on white, darker to lighter on black. */
export const STEPS: readonly Colour[] = [
  ['#b9c3ce', '#4a535e'],
  ['#d9a978', '#8a6640'],
  ['#c9701f', '#d58a45'],
  ['#8f2f00', '#ffc58a'],
]
