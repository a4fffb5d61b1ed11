import { UserError } from '../../user-error.ts'

/** What is not measured, and why. */
export interface LeftOut<Name> {
  readonly name: Name
  readonly reason: string
}

export interface Chosen<Name> {
  readonly chosen: readonly Name[]
  readonly leftOut: readonly LeftOut<Name>[]
}

/** Why something cannot be measured of an explainer, or is not unless it is asked for; null where it can and is. */
export type Why<Name> = (name: Name) => string | null

/**
 * What is measured: all that can be, or what is asked for. Errors: UserError where one that is asked for cannot be.
 *
 * @param asked null for all
 * @param option of the command line, by which they are asked for
 */
export function chooseMeasured<Name extends string>(
  all: readonly Name[],
  asked: readonly Name[] | null,
  { cannot, unasked, option }: { cannot: Why<Name>; unasked: Why<Name>; option: string },
): Chosen<Name> {
  const leftOut = (asked ?? all).flatMap(name => {
    const reason = cannot(name) ?? (asked ? null : unasked(name))
    return reason === null ? [] : [{ name, reason }]
  })
  if (asked && leftOut.length > 0) {
    const [{ name, reason }] = leftOut
    throw new UserError('value', `${name}: ${reason}, leave it out of ${option}`)
  }
  return { chosen: (asked ?? all).filter(name => !leftOut.some(left => left.name === name)), leftOut }
}
