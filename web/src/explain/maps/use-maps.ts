import type { UseQueryResult } from '@tanstack/react-query'
import type { MapsAnswer, MapsChoices } from '../../../../src/server/wire.ts'
import { useExplainer } from '../../source/explainer-context.tsx'
import { type MapsAsked, useMapsAnswer } from '../../source/queries.ts'
import { useSource } from '../../source/source-context.tsx'
import { useView } from '../../view/view-store.ts'
import { exampleOf, outputOf, type Subject } from '../use-answer-of.ts'

/** What is shown of where an input looks: nothing, the whole map, or that of each training example too. */
export const SHOWN = ['off', 'whole', 'parts'] as const
export type ShownMaps = (typeof SHOWN)[number]

/** How maps are made of gradients, by what a link calls it. */
export const METHODS = {
  gradient: { text: 'Gradient', asked: {} },
  'times-input': { text: 'Gradient × input', asked: { timesInput: true } },
  smoothgrad: { text: 'SmoothGrad', asked: { method: 'smoothgrad' } },
} as const satisfies { readonly [name: string]: { readonly text: string; readonly asked: MapsChoices } }
export type MapsMethod = keyof typeof METHODS

/** Of each sign: the server draws no more of them at once. */
const MOST_PARTS = 50

/** Whether maps can be drawn at all: by a server, of an explainer with a network that takes pictures. */
export function useHasMaps(): boolean {
  const { info } = useExplainer()
  const { kind } = useSource()
  return info.maps && kind === 'server'
}

/** What the link says is shown. */
export function useShownMaps(): ShownMaps {
  const { choices } = useView()
  const has = useHasMaps()
  const asked = SHOWN.find(shown => shown === choices.maps)
  return has && asked !== undefined ? asked : 'off'
}

/** What the link says of how maps are made. */
export function useMapsMethod(): MapsMethod {
  const { by } = useView().choices
  return by !== undefined && Object.hasOwn(METHODS, by) ? (by as MapsMethod) : 'gradient'
}

/** The maps of a subject, as far as they are shown. */
export function useMaps(subject: Subject): UseQueryResult<MapsAnswer> {
  const { k } = useView()
  const shown = useShownMaps()
  const { asked: how } = METHODS[useMapsMethod()]
  const choices = { ...outputOf(subject), ...how, k: shown === 'parts' ? Math.min(k, MOST_PARTS) : 0 }
  const asked: MapsAsked =
    'picture' in subject
      ? { picture: subject.picture, choices }
      : { example: exampleOf(subject.asked), ...choices }
  return useMapsAnswer(shown === 'off' ? null : asked)
}
