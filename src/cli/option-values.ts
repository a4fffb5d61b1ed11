import { InvalidArgumentError } from 'commander'

/*
 * Values of options, from the text of the command line. Errors: InvalidArgumentError, which the program shows.
 */

export function number(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isNaN(value)) throw new InvalidArgumentError('expected a number')
  return value
}

/** A number, or `auto` to have one found. */
export const numberOrAuto = (text: string): number | 'auto' =>
  text.trim() === 'auto' ? 'auto' : number(text)

/** 224, or 224x160: height and width. */
export function pixels(text: string): number | [number, number] {
  const [, height, width] = /^(\d+)(?:x(\d+))?$/.exec(text.trim()) ?? []
  if (height === undefined) throw new InvalidArgumentError('expected pixels, such as 224 or 224x160')
  return width === undefined ? Number(height) : [Number(height), Number(width)]
}

export const numbers = (text: string): number[] => text.split(',').map(number)

/** Names that hold no commas, such as those of methods. */
export const names = (text: string): string[] => text.split(',')

/** Names may hold commas, but then they cannot be told apart here: indices can. */
export function pair(text: string): [string, string] {
  const names = text.split(',')
  if (names.length !== 2) throw new InvalidArgumentError('expected two outputs, A,B')
  return [names[0].trim(), names[1].trim()]
}

/** One more of an option that may be given again. */
export const further = (name: string, names: readonly string[] = []): string[] => [...names, name]
