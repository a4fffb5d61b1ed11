import type { Filters } from '../view/view.ts'

/** Whether filters have all of a change already. */
export function isOn(filters: Filters, change: Partial<Filters>): boolean {
  return Object.entries(change).every(([name, value]) => {
    const now = filters[name as keyof Filters]
    if (!Array.isArray(value)) return now === value
    return value.every(one => (now as readonly number[]).includes(one))
  })
}

/** Filters with a change, or without it where they had it. Classes stand beside others of their kind. */
export function toggled(filters: Filters, change: Partial<Filters>): Filters {
  const on = isOn(filters, change)
  const next = Object.entries(change).map(([name, value]) => {
    if (!Array.isArray(value)) return [name, on ? null : value]
    const others = (filters[name as keyof Filters] as readonly number[]).filter(one => !value.includes(one))
    return [name, on ? others : [...others, ...value].sort((a, b) => a - b)]
  })
  return { ...filters, ...Object.fromEntries(next) }
}
