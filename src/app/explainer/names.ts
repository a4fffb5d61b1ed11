import type { Task } from '../../method/head/task.ts'
import { UserError } from '../../user-error.ts'

/** What classes, outputs and predictions are called. */
export class Names {
  readonly #task: Task
  /** How many outputs, and how many classes, there are. */
  readonly #c: number
  readonly #classCount: number
  readonly #classes: readonly string[] | null

  constructor({
    task,
    c,
    classCount,
    classes,
  }: {
    readonly task: Task
    readonly c: number
    readonly classCount: number
    readonly classes: readonly string[] | null
  }) {
    this.#task = task
    this.#c = c
    this.#classCount = classCount
    this.#classes = classes
  }

  /** Of the outputs, in their order; null where they go by their indices. */
  get outputs(): readonly string[] | null {
    if (this.#task === 'units') return null
    // Two classes on one output: it speaks for the second.
    if (this.#c === 1 && this.#task === 'classification') return [this.class(1)]
    return this.#classes
  }

  class(index: number): string {
    return this.#classes?.[index] ?? String(index)
  }

  output(index: number): string {
    return this.outputs?.[index] ?? (this.#task === 'units' ? `unit ${index}` : String(index))
  }

  /** Of what an example is predicted: a class, or else the largest output. */
  prediction(index: number): string {
    return this.#task === 'classification' ? this.class(index) : this.output(index)
  }

  /** An output by its name, so that classes named by numbers can be named, else by its index. Errors: UserError. */
  outputIndex(name: number | string): number {
    return indexOf('output', name, this.outputs, this.#c)
  }

  /** A class by its name, else by its index. Errors: UserError. */
  classIndex(name: number | string): number {
    return indexOf('class', name, this.#classes, this.#classCount)
  }
}

const SHOWN = 12

function indexOf(
  what: 'output' | 'class',
  name: number | string,
  names: readonly string[] | null,
  count: number,
): number {
  const byName = names?.indexOf(String(name)) ?? -1
  if (typeof name === 'string' && byName >= 0) return byName
  const index = typeof name === 'string' && name.trim() === '' ? Number.NaN : Number(name)
  if (Number.isInteger(index) && index >= 0 && index < count) return index
  const expected = names
    ? `one of ${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? ', …' : ''}`
    : `one of 0 to ${count - 1}`
  throw new UserError('not-found', `${what} not found: ${name}, expected ${expected}`)
}
