// Numbers as people read them.

const SECONDS = [
  [1, 's', 1],
  [1e-3, 'ms', 1e3],
  [0, 'µs', 1e6],
]

/** `1.23 s`, `4.56 ms`, `7.89 µs` */
export function seconds(value) {
  const [, unit, factor] = SECONDS.find(([from]) => value >= from)
  return `${(value * factor).toPrecision(3)} ${unit}`
}

/** `8.31 ×` */
export function times(ratio) {
  return `${ratio >= 1000 ? Math.round(ratio) : ratio.toPrecision(3)} ×`
}

/** `41 %` */
export function percent(share) {
  return share < 0.995 ? `${(100 * share).toPrecision(2)} %` : `${(100 * share).toFixed(0)} %`
}

/** `1.34 GiB` */
export function bytes(count) {
  return count >= 2 ** 30 ? `${(count / 2 ** 30).toFixed(2)} GiB` : `${(count / 2 ** 20).toFixed(0)} MiB`
}

/** `50,000` */
export function count(n) {
  return n.toLocaleString('en-US')
}

/** `1.2e-7` */
export function tiny(value) {
  return value.toExponential(1)
}
