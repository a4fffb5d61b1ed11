import { UserError } from '../../user-error.ts'

/** Bytes of each unit: of 1000 as disks are sold, of 1024 as memory is counted; a letter alone is of 1024. */
const UNITS: { readonly [unit: string]: number } = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  kb: 1e3,
  kib: 2 ** 10,
  m: 2 ** 20,
  mb: 1e6,
  mib: 2 ** 20,
  g: 2 ** 30,
  gb: 1e9,
  gib: 2 ** 30,
  t: 2 ** 40,
  tb: 1e12,
  tib: 2 ** 40,
}

/**
 * A limit of memory in bytes, from a number of bytes or from text such as `2GiB`, `800MB` or `1.5g`. Errors:
 * UserError `usage` on anything else, and on limits of less than a byte.
 */
export function parseMemory(memory: number | string): number {
  const [, digits, unit] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(String(memory)) ?? []
  const scale = unit === undefined ? undefined : UNITS[unit.toLowerCase()]
  const bytes = scale === undefined ? Number.NaN : Math.floor(Number(digits) * scale)
  if (bytes >= 1 && Number.isSafeInteger(bytes)) return bytes
  throw new UserError('usage', `memory: ${memory}, expected a size such as 2GiB, 800MB or a number of bytes`)
}
