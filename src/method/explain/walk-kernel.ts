import { encodeModule, F64, I32, op, V128 } from '../../math/wasm.ts'
import { ROUNDING } from './coordinates.ts'

/*
 * The walk down a list, as `Coordinates.next` and `Similarity.of` have it, two numbers at a time. An entry of the
 * list has, in single precision, a record and, elsewhere, since most are not read, its features:
 *
 *   bound, |α|, rᵢ, xᵢ [p]        f [d, with zeros up to a multiple of 4]
 *
 * The query is, in double precision, y [p] and pairs q, μ, q, μ … of two numbers each.
 */

/** Where things stand in memory: what a call answers beside its result, then the query, then records. */
export const SIMILARITY = 0
export const READ = 8
export const QUERY = 16

const [AT, END, STRIDE, ROW, FEATURES, SCALE, SAME, OPPOSITE, REST, CONSTANT] = Array(10).keys()
const [BOUND, SIZE, MIDDLE, SPREAD, X, Y, STOP, EVEN, ODD] = Array.from({ length: 9 }, (_, i) => 10 + i)

const {
  get,
  set,
  i32,
  f64,
  loop,
  when,
  again,
  answer,
  i32Load,
  i32Store,
  f32Load,
  f64Store,
  i32Add,
  i32Or,
  i32And,
  i32Below,
  f64Equal,
  f64Below,
  f64AtLeast,
  f64Negate,
  f64Add,
  f64Subtract,
  f64Multiply,
  f64Promote,
  load64,
  load128,
  splat,
  lane,
  widen,
  add2,
  subtract2,
  multiply2,
} = op

const advance = (local: number, by: number) => set(local, i32Add(get(local), i32(by)))
const number = (offset: number) => f64Promote(f32Load(offset, get(AT)))
const both = (local: number) => f64Add(lane(0, get(local)), lane(1, get(local)))
const next = [...set(AT, i32Add(get(AT), get(STRIDE))), ...set(ROW, i32Add(get(ROW), get(FEATURES)))]

/** (x − μ) q of two numbers: x at `offset` of X, q and μ at `pair` of Y. */
const term = (offset: number, pair: number) =>
  multiply2(subtract2(widen(load64(offset, get(X))), load128(pair + 16, get(Y))), load128(pair, get(Y)))

const entry = [
  when(
    i32Below(get(AT), get(END)),
    set(BOUND, f64Multiply(number(0), get(SCALE))),
    when(
      i32Or(
        f64Equal(get(BOUND), f64(0)),
        i32And(f64Below(get(BOUND), get(SAME)), f64Below(get(BOUND), get(OPPOSITE))),
      ),
      answer(get(END)),
    ),
    set(SIZE, number(4)),
    set(EVEN, splat(f64(0))),
    set(X, i32Add(get(AT), i32(12))),
    set(Y, i32(QUERY)),
    set(STOP, i32Add(get(AT), get(STRIDE))),
    loop(
      when(
        i32Below(get(X), get(STOP)),
        set(EVEN, add2(get(EVEN), multiply2(widen(load64(0, get(X))), load128(0, get(Y))))),
        advance(X, 8),
        advance(Y, 16),
        again(1),
      ),
    ),
    set(MIDDLE, f64Multiply(get(SIZE), both(EVEN))),
    set(
      SPREAD,
      f64Add(
        f64Multiply(f64Multiply(get(SIZE), number(8)), get(REST)),
        f64Multiply(get(BOUND), f64(ROUNDING)),
      ),
    ),
    when(
      i32And(
        f64Below(f64Add(get(MIDDLE), get(SPREAD)), get(SAME)),
        f64Below(f64Subtract(get(SPREAD), get(MIDDLE)), get(OPPOSITE)),
      ),
      next,
      again(2),
    ),
    i32Store(READ, i32(0), i32Add(i32Load(READ, i32(0)), i32(1))),
    set(EVEN, splat(f64(0))),
    set(ODD, splat(f64(0))),
    set(X, get(ROW)),
    set(STOP, i32Add(get(X), get(FEATURES))),
    loop(
      when(
        i32Below(get(X), get(STOP)),
        set(EVEN, add2(get(EVEN), term(0, 0))),
        set(ODD, add2(get(ODD), term(8, 32))),
        advance(X, 16),
        advance(Y, 64),
        again(1),
      ),
    ),
    set(MIDDLE, f64Add(f64Add(both(EVEN), both(ODD)), get(CONSTANT))),
    f64Store(SIMILARITY, i32(0), get(MIDDLE)),
    set(MIDDLE, f64Multiply(get(SIZE), get(MIDDLE))),
    when(
      i32Or(f64AtLeast(get(MIDDLE), get(SAME)), f64AtLeast(f64Negate(get(MIDDLE)), get(OPPOSITE))),
      answer(get(AT)),
    ),
    next,
    again(1),
  ),
]

/**
 * Walks on from the record at an address, up to an end; answers the address of the next one whose value is wanted,
 * with its similarity and how many more were read in memory, or the end.
 *
 * @param stride bytes of a record, and `features` of the features of an entry, which stand at `row`
 * @param scale ‖qₜ‖, and `rest` ‖qₜ − Uᵀy‖, and no less
 * @param same what values with a positive similarity have to reach, and `opposite` those with a negative one
 * @param constant added to every similarity
 */
export type Walk = (
  at: number,
  end: number,
  stride: number,
  row: number,
  features: number,
  scale: number,
  same: number,
  opposite: number,
  rest: number,
  constant: number,
) => number

export interface WalkKernel {
  readonly run: Walk
  readonly memory: WebAssembly.Memory
}

/** The kernel in a memory of its own; null where the machine has no vectors of 128 bits. */
export function loadWalk(): WalkKernel | null {
  const bytes = encodeModule({
    params: [I32, I32, I32, I32, I32, F64, F64, F64, F64, F64],
    result: I32,
    locals: [F64, F64, F64, F64, I32, I32, I32, V128, V128],
    body: [loop(...entry), get(END)],
  })
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as WalkKernel
  } catch {
    return null
  }
}
