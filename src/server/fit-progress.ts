import type { FitProgress } from '../app/fit/options.ts'
import type { Job } from './wire.ts'

/** What a fit is doing, in words; null for what says nothing of how far it is. */
export function progressOf(step: FitProgress): Job['progress'] | null {
  switch (step.phase) {
    case 'features':
      return { phase: 'copying the features', done: step.done, total: step.total }
    case 'fit':
      return {
        phase: step.of === 'labels' ? 'fitting to the corrected labels' : 'fitting to the given model',
        done: step.evaluations,
        total: null,
      }
    case 'alpha':
      return { phase: 'working out alpha', done: 0, total: null }
    case 'index':
      return { phase: 'building the index', done: 0, total: null }
    case 'write':
      return { phase: 'writing the explainer', done: 0, total: null }
    default:
      return null
  }
}
