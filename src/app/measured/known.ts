/** A number as JSON has it: null where it is not one. */
export const knownOrNull = (x: number): number | null => (Number.isFinite(x) ? x : null)
