/**
 * The name of an explanation among those of a report: test/12/3 for its output 3, test/12/3,5 for that against
 * output 5, test/12/3/within/7 for the examples of class 7 alone.
 */
export function questionKey({ split, row, output, contrast, within }: NamedQuestion): string {
  const which = contrast === null ? `${output}` : `${output},${contrast}`
  return [split, row, which, ...(within === null ? [] : ['within', within])].join('/')
}

/** What an explanation is of; outputs and classes by index. */
export interface NamedQuestion {
  readonly split: 'train' | 'test'
  readonly row: number
  readonly output: number
  readonly contrast: number | null
  readonly within: number | null
}
