import { create } from 'zustand'

const NAME = 'representer-review-advance'

interface Advance {
  /** Whether a decision moves on to the next suspect */
  readonly advance: boolean
  setAdvance(advance: boolean): void
}

/** Kept by the browser, where it keeps anything. */
export const useAdvance = create<Advance>(set => ({
  advance: kept() !== 'no',
  setAdvance(advance) {
    set({ advance })
    try {
      window.localStorage.setItem(NAME, advance ? 'yes' : 'no')
    } catch {
      // It holds until the page is closed.
    }
  },
}))

function kept(): string | null {
  try {
    return window.localStorage.getItem(NAME)
  } catch {
    return null
  }
}
