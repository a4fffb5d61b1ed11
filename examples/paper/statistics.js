// What is told of numbers that were measured several times.

import { fixed, percent } from './library.js'

export function mean(values) {
  return values.reduce((sum, x) => sum + x, 0) / values.length
}

/** The standard deviation of a sample: over the count less one. 0 of a single number. */
export function deviation(values) {
  const middle = mean(values)
  const squares = values.reduce((sum, x) => sum + (x - middle) ** 2, 0)
  return values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0
}

export function median(values) {
  const sorted = Float64Array.from(values).sort()
  const middle = (sorted.length - 1) / 2
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2
}

/** `0.443 ± 0.012` */
export function withDeviation(values, decimals) {
  return `${fixed(mean(values), decimals)} ± ${fixed(deviation(values), decimals)}`
}

/** `44.3 ± 1.2 %` */
export function shareWithDeviation(values) {
  const [middle, spread] = [mean(values), deviation(values)].map(share => fixed(100 * share, 1))
  return `${middle} ± ${spread}${percent(0, 0).slice(1)}`
}
