import {
  fromState,
  type Pass,
  type PassedBack,
  recurrent,
  sigmoidSlope,
  tanhSlope,
  transposed,
} from './recurrent.ts'
import type { Rules } from './rule.ts'
import { scan } from './scan.ts'

/*
 * Recurrent layers. What every gate came to is worked out for all steps at once, from the states that the layer gives;
 * so are the factors by which adjoints pass the gates. Step by step, backwards, goes only what has to.
 */

export const RECURRENT: Rules = {
  LSTM: recurrent(4, ['sigmoid', 'tanh', 'tanh'], lstm),
  GRU: recurrent(3, ['sigmoid', 'tanh'], pass =>
    pass.int('linear_before_reset', 0) === 0 ? gruResetFirst(pass) : gru(pass),
  ),
  RNN: recurrent(1, ['tanh'], pass => {
    const { e, weight, adjoint, after, isReverse } = pass
    const { states, emitted } = scan(e, {
      states: [adjoint.last],
      scanned: [adjoint.states, tanhSlope(pass, after)],
      isReverse: !isReverse,
      turn: (e, [next], [own, slope]) => {
        const gate = e.mul(e.add(own, next), slope)
        return { states: [e.op('MatMul', [gate, weight])], emitted: [gate] }
      },
    })
    return { fromInput: emitted[0], state: states[0] }
  }),
}

const equal = (units: number, count: number): number[] => new Array<number>(count).fill(units)

/** c = f c₋₁ + i n,  h = o tanh c,  with gates in the order i, o, f, n. */
function lstm(pass: Pass): PassedBack {
  const { e, units, isReverse, adjoint, weight } = pass
  const pre = e.split(e.add(pass.fromInput, fromState(pass)), 2, equal(units, 4))
  const [i, o, f] = pre.slice(0, 3).map(gate => e.op('Sigmoid', [gate]))
  const n = e.op('Tanh', [pre[3]])
  const cells = scan(e, {
    states: [pass.cell],
    scanned: [f, e.mul(i, n)],
    isReverse,
    turn: (e, [before], [kept, added]) => {
      const after = e.add(e.mul(before, kept), added)
      return { states: [after], emitted: [before, after] }
    },
  })
  const [cellBefore, cell] = cells.emitted
  const squashed = e.op('Tanh', [cell])
  const slopes = e.op(
    'Concat',
    [
      e.mul(n, sigmoidSlope(pass, i)),
      e.mul(squashed, sigmoidSlope(pass, o)),
      e.mul(cellBefore, sigmoidSlope(pass, f)),
      e.mul(i, tanhSlope(pass, n)),
    ],
    { axis: 2 },
  )
  const { states, emitted } = scan(e, {
    states: [adjoint.last, adjoint.lastCell],
    scanned: [adjoint.states, e.mul(o, tanhSlope(pass, squashed)), slopes, f],
    isReverse: !isReverse,
    turn: (e, [next, nextCell], [own, toCell, slopes, kept]) => {
      const state = e.add(own, next)
      const cell = e.add(nextCell, e.mul(state, toCell))
      const gates = e.mul(e.op('Concat', [cell, state, cell, cell], { axis: 1 }), slopes)
      return { states: [e.op('MatMul', [gates, weight]), e.mul(cell, kept)], emitted: [gates] }
    },
  })
  return { fromInput: emitted[0], state: states[0], cell: states[1] }
}

/** h = (1 − z) n + z h₋₁,  n = tanh(Wₙ x + r (Rₙ h₋₁)),  with gates in the order z, r, n. */
function gru(pass: Pass): PassedBack {
  const { e, units, isReverse, adjoint, weight } = pass
  const [inputs, states] = [pass.fromInput, fromState(pass)].map(pre => e.split(pre, 2, equal(units, 3)))
  const [z, r] = [0, 1].map(k => e.op('Sigmoid', [e.add(inputs[k], states[k])]))
  const n = e.op('Tanh', [e.add(inputs[2], e.mul(r, states[2]))])
  const toGate = e.mul(e.sub(pass.before, n), sigmoidSlope(pass, z))
  const toNew = e.mul(e.sub(1, z), tanhSlope(pass, n))
  const toReset = e.mul(toNew, e.mul(states[2], sigmoidSlope(pass, r)))
  const slopes = (last: string) => e.op('Concat', [toGate, toReset, last], { axis: 2 })
  const back = scan(e, {
    states: [adjoint.last],
    scanned: [adjoint.states, slopes(toNew), slopes(e.mul(toNew, r)), z],
    isReverse: !isReverse,
    turn: (e, [next], [own, toInput, toState, kept]) => {
      const state = e.add(own, next)
      const wide = e.op('Concat', [state, state, state], { axis: 1 })
      const before = e.op('MatMul', [e.mul(wide, toState), weight])
      return { states: [e.add(e.mul(state, kept), before)], emitted: [e.mul(wide, toInput)] }
    },
  })
  return { fromInput: back.emitted[0], state: back.states[0] }
}

/** The same with n = tanh(Wₙ x + Rₙ (r h₋₁)). */
function gruResetFirst(pass: Pass): PassedBack {
  const { e, units, isReverse, adjoint, weight, before, stateBias } = pass
  const inputs = e.split(pass.fromInput, 2, equal(units, 3))
  const states = e.split(fromState(pass), 2, equal(units, 3))
  const [z, r] = [0, 1].map(k => e.op('Sigmoid', [e.add(inputs[k], states[k])]))
  const [ofGates, ofNew] = e.split(weight, 0, [2 * units, units])
  const product = e.op('MatMul', [e.mul(r, before), transposed(pass, ofNew)])
  const bias = stateBias ? e.split(stateBias, 0, equal(units, 3))[2] : 0
  const n = e.op('Tanh', [e.add(inputs[2], e.add(product, bias))])
  const slopes = [
    e.mul(e.sub(before, n), sigmoidSlope(pass, z)),
    e.mul(before, sigmoidSlope(pass, r)),
    e.mul(e.sub(1, z), tanhSlope(pass, n)),
  ]
  const back = scan(e, {
    states: [adjoint.last],
    scanned: [adjoint.states, ...slopes, z, r],
    isReverse: !isReverse,
    turn: (e, [next], [own, toGate, toReset, toNew, kept, reset]) => {
      const state = e.add(own, next)
      const fresh = e.mul(state, toNew)
      const resetState = e.op('MatMul', [fresh, ofNew])
      const gates = e.op('Concat', [e.mul(state, toGate), e.mul(resetState, toReset)], { axis: 1 })
      const around = e.add(e.mul(state, kept), e.mul(resetState, reset))
      return {
        states: [e.add(around, e.op('MatMul', [gates, ofGates]))],
        emitted: [e.op('Concat', [gates, fresh], { axis: 1 })],
      }
    },
  })
  return { fromInput: back.emitted[0], state: back.states[0] }
}
