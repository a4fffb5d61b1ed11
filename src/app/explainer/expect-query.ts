import { UserError } from '../../user-error.ts'

/** Refuses numbers of a query that are not as many as expected, or not finite. Errors: UserError. */
export function expectNumbers(values: ArrayLike<number>, length: number, input: string, what: string): void {
  if (values.length !== length) {
    throw new UserError('shape', `${input}: expected ${length} ${what}, got ${values.length}`)
  }
  for (let a = 0; a < length; a++) {
    if (!Number.isFinite(values[a])) {
      throw new UserError('value', `${input}: ${values[a]} at ${a} of its ${what}, expected finite numbers`)
    }
  }
}

/** How many examples of each kind: 10 unless told. Errors: UserError where it is no count. */
export function resolveK(k = 10): number {
  if (Number.isInteger(k) && k >= 0 && k <= 2 ** 24) return k
  throw new UserError('usage', `k: ${k}, expected a whole number, 0 or more`)
}
