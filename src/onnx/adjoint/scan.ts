import { ELEMENT_TYPE } from '../model.ts'
import type { Emitter } from './emitter.ts'

/** What is done again and again along the first axis of tensors. */
export interface Loop {
  /** What the first turn starts with. */
  readonly states: readonly string[]
  /** Of which every turn gets one place of the first axis. */
  readonly scanned: readonly string[]
  /** From the last place to the first. */
  readonly isReverse: boolean
  /** Writes one turn: what the next one starts with, and what stays of each. */
  readonly turn: (e: Emitter, states: readonly string[], scanned: readonly string[]) => Turned
}

export interface Turned {
  readonly states: readonly string[]
  readonly emitted: readonly string[]
}

/** The states after the last turn, and what each turn emitted, at the place that it was at. */
export function scan(e: Emitter, { states, scanned, isReverse, turn }: Loop): Turned {
  const body = e.inner()
  const named = (kind: string, of: readonly string[]) => of.map((_, k) => `${body.prefix}${kind}_${k}`)
  const [taken, placed] = [named('state', states), named('scanned', scanned)]
  const turned = turn(body, taken, placed)
  const [next, emitted] = [named('next', turned.states), named('emitted', turned.emitted)]
  for (const [k, tensor] of turned.states.entries()) body.rename(tensor, next[k])
  for (const [k, tensor] of turned.emitted.entries()) body.rename(tensor, emitted[k])
  const info = (name: string) => ({ name, type: { tensorType: { elemType: ELEMENT_TYPE[e.type] } } })
  const direction = (of: readonly string[]) => of.map(() => (isReverse ? 1 : 0))
  const outputs = e.ops('Scan', [...states, ...scanned], next.length + emitted.length, {
    body: {
      graph: {
        name: `${body.prefix}turn`,
        node: body.nodes,
        initializer: body.initializers,
        input: [...taken, ...placed].map(info),
        output: [...next, ...emitted].map(info),
        valueInfo: [],
      },
    },
    num_scan_inputs: scanned.length,
    scan_input_directions: direction(scanned),
    scan_output_directions: direction(emitted),
  })
  return { states: outputs.slice(0, next.length), emitted: outputs.slice(next.length) }
}
