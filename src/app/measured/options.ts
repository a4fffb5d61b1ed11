import { UserError } from '../../user-error.ts'

/** What verbs that measure an explainer are told, beside what they measure. */
export interface MeasuringOptions<Plan, Step> {
  readonly directory: string
  /** Of everything that is chosen at random; 1 unless told */
  readonly seed?: number
  /** Write a page with charts too. */
  readonly html?: string
  /** Told what will be done before it is. */
  readonly onPlan?: (plan: Plan) => void
  readonly onProgress?: (step: Step) => void
  readonly signal?: AbortSignal | undefined
}

/** Holds numbers to counts. Errors: UserError on one that is no whole number, or less than its least. */
export function expectCounts<Name extends string>(
  counts: Readonly<Record<Name, number>>,
  least: Readonly<Record<Name, number>>,
): void {
  for (const name of Object.keys(least) as Name[]) {
    if (Number.isInteger(counts[name]) && counts[name] >= least[name]) continue
    const given = typeof counts[name] === 'string' ? `the text ${counts[name]}` : counts[name]
    throw new UserError('usage', `${name}: ${given}, expected a whole number, ${least[name]} or more`)
  }
}

/** Of all names those that are asked for, in the order of all. Errors: UserError on one that is none of them. */
export function chosenNames<Name extends string>(
  kind: string,
  all: readonly Name[],
  asked: readonly string[],
): readonly Name[] {
  if (!Array.isArray(asked)) throw new UserError('usage', `${kind}s: ${asked}, expected a list of names`)
  const named = asked.map(name => String(name).trim())
  if (named.length === 0)
    throw new UserError('usage', `${kind}s: none named, expected one or more, or leave them out`)
  const unknown = named.find(name => !all.some(known => known === name))
  if (unknown !== undefined) {
    throw new UserError('usage', `${kind} not found: ${unknown}, expected one of ${all.join(', ')}`)
  }
  return all.filter(name => named.includes(name))
}
