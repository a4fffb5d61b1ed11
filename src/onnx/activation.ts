/** Activations by name, with what their numbers are unless given. */
const DEFAULTS = {
  softmax: [],
  sigmoid: [],
  relu: [],
  tanh: [],
  identity: [],
  softplus: [],
  /** x where x > 0, else slope · x */
  'leaky-relu': [0.01],
  /** x where x > 0, else scale · (eˣ − 1) */
  elu: [1],
  /** slope · x + offset, kept within 0 and 1 */
  'hard-sigmoid': [0.2, 0.5],
  /** x, kept within two bounds, which may be infinite */
  clip: [0, 6],
} as const satisfies Record<string, readonly number[]>

export type ActivationName = keyof typeof DEFAULTS

export const ACTIVATION_NAMES = Object.keys(DEFAULTS) as ActivationName[]

/** A non-decreasing activation σ: its name, with the numbers that it has behind a colon, such as `clip:0,6`. */
export type Activation =
  | 'softmax'
  | 'sigmoid'
  | 'relu'
  | 'tanh'
  | 'identity'
  | 'softplus'
  | `leaky-relu:${number}`
  | `elu:${number}`
  | `hard-sigmoid:${number},${number}`
  | `clip:${number},${number}`

/** Whether σ with these numbers is non-decreasing, without which no convex loss suits it. */
const IS_VALID: { readonly [K in ActivationName]?: (numbers: readonly number[]) => boolean } = {
  'leaky-relu': ([slope]) => slope >= 0,
  elu: ([scale]) => scale >= 0,
  'hard-sigmoid': ([slope]) => slope > 0,
  clip: ([low, high]) => low < high,
}

/**
 * An activation as a person or a file writes it, numbers left out standing for the usual ones; null where
 * there is none of this name, or none with such numbers.
 */
export function parseActivation(text: string): Activation | null {
  const [name, given] = text.split(':', 2)
  if (!isName(name)) return null
  const usual: readonly number[] = DEFAULTS[name]
  const numbers = given === undefined ? usual : given.split(',').map(toNumber)
  const isWhole = numbers.length === usual.length && !numbers.some(Number.isNaN)
  if (!isWhole || !(IS_VALID[name]?.(numbers) ?? true)) return null
  return activationOf(name, numbers)
}

/** The activation of this name with these numbers, which are not judged here. */
export function activationOf(name: ActivationName, numbers: readonly number[]): Activation {
  return (numbers.length === 0 ? name : `${name}:${numbers.join(',')}`) as Activation
}

/** The name of an activation, and its numbers. */
export function activationParts(activation: Activation): { name: ActivationName; numbers: number[] } {
  const [name, numbers] = activation.split(':', 2)
  return {
    name: name as ActivationName,
    numbers: numbers === undefined ? [] : numbers.split(',').map(Number),
  }
}

const isName = (name: string): name is ActivationName => Object.hasOwn(DEFAULTS, name)

const toNumber = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text))
