import { ACTIVATIONS } from './activations.ts'
import { ARITHMETIC } from './arithmetic.ts'
import { CONVOLUTIONS } from './conv.ts'
import { RECURRENT } from './gates.ts'
import { NORMALISATION } from './normalisation.ts'
import { POOLING } from './pooling.ts'
import { PRODUCTS } from './products.ts'
import { REDUCTIONS } from './reductions.ts'
import type { Rule, Rules } from './rule.ts'
import { SHAPES } from './shapes.ts'
import { SOFTMAX } from './softmax.ts'

/** How gradients pass each operator that they can pass. */
const RULES: Rules = {
  ...ACTIVATIONS,
  ...ARITHMETIC,
  ...CONVOLUTIONS,
  ...NORMALISATION,
  ...POOLING,
  ...PRODUCTS,
  ...RECURRENT,
  ...REDUCTIONS,
  ...SHAPES,
  ...SOFTMAX,
}

/** Operators whose outputs stay the same when their inputs change a little: no gradient passes them. */
const CONSTANT = new Set(
  (
    'Shape Size Constant ConstantOfShape EyeLike NonZero ArgMax ArgMin Equal Greater GreaterOrEqual Less ' +
    'LessOrEqual Not And Or Xor IsNaN IsInf Floor Ceil Round Sign'
  ).split(' '),
)

/** The rule of one of ONNX's own operators; `none` where no gradient passes it; undefined where it is not known. */
export function ruleOf(opType: string): Rule | 'none' | undefined {
  if (CONSTANT.has(opType)) return 'none'
  return Object.hasOwn(RULES, opType) ? RULES[opType] : undefined
}
