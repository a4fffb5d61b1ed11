/** Whether numbers written out would be too long to stand beside each other. */
export const goesFar = (ticks: readonly number[]): boolean => ticks.some(tick => tick < 1e-3 || tick > 1e4)

/** About so many round numbers within a range. */
export function linearTicks(from: number, to: number, wanted = 5): number[] {
  const rough = (to - from) / wanted
  if (!(rough > 0)) return [from]
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find(factor => factor * power >= rough) ?? 10)
  const first = Math.ceil(from / step)
  const last = Math.floor(to / step)
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}

/** Powers of ten within a range, at most about so many. */
export function logTicks(from: number, to: number, wanted = 6): number[] {
  const [first, last] = [Math.ceil(Math.log10(from) - 1e-9), Math.floor(Math.log10(to) + 1e-9)]
  const step = Math.max(1, Math.ceil((last - first + 1) / wanted))
  const powers: number[] = []
  for (let power = first; power <= last; power += step) powers.push(Number(`1e${power}`))
  return powers
}
