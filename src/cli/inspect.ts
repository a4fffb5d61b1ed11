import { type InspectAnswer, type InspectOptions, inspect } from '../app/inspect/inspect.node.ts'
import { bound } from '../views/numbers.ts'
import { colour } from './colour.ts'
import { layerLines } from './layer-lines.ts'
import type { Reporter } from './reporter.ts'
import { printable, table } from './text.ts'

export async function runInspect(options: InspectOptions, reporter: Reporter): Promise<void> {
  reporter.answer(await inspect(options), inspectText)
}

const AFTER: { readonly [K in NonNullable<InspectAnswer['head']>['activation']]: string } = {
  none: 'raw logits',
  softmax: 'Softmax after it',
  'log-softmax': 'LogSoftmax after it',
  sigmoid: 'Sigmoid after it',
}

function inspectText(answer: InspectAnswer): string {
  const { head, verified, notVerified, others, refused, exposed } = answer
  const tensor = ({ name, type, shape }: InspectAnswer['inputs'][number]) =>
    printable(`${name}  ${type} [${shape?.map(size => size ?? 'n').join(', ') ?? 'unknown'}]`)
  const heading = (found: NonNullable<InspectAnswer['head']>) =>
    printable(
      `${found.layer}  ${found.op}, d = ${found.d}, c = ${found.c}, ${found.bias ? 'with' : 'without'} bias, ${found.pooled ? 'on pooled features, ' : ''}${AFTER[found.activation]}`,
    )
  const rows = [
    ...answer.inputs.map(input => ['input', tensor(input)]),
    ...answer.outputs.map(output => ['output', tensor(output)]),
    ['head', head ? heading(head) : colour.yellow('none found')],
    ...(verified ? [['verified', verification(verified)]] : []),
    ...(notVerified && head ? [['not verified', printable(notVerified)]] : []),
    ...others.map(other => ['other head', heading(other)]),
    ...refused.map(({ layer, op, reason }) => ['refused', printable(`${layer} (${op}): ${reason}`)]),
    ...(exposed
      ? [
          [
            'written',
            printable(
              `${exposed.file}, with the outputs ${exposed.output} [n, d] and ${exposed.logits} [n, c]`,
            ),
          ],
        ]
      : []),
  ]
  const made = [answer.producer && `made by ${answer.producer}`, `opset ${answer.opset}`]
    .filter(Boolean)
    .join(', ')
  const next = head
    ? `representer fit --model ${answer.model} --train DATA --out DIR`
    : 'representer fit --features F.npy …'
  return [
    `${colour.bold(printable(answer.model))}  ${printable(made)}`,
    table([{ heading: '' }, { heading: '' }], rows),
    '',
    ...layerLines(answer),
    `next: ${colour.cyan(next)}`,
  ].join('\n')
}

function verification({ agrees, largestDifference }: NonNullable<InspectAnswer['verified']>): string {
  const words = agrees ? 'agrees with' : colour.yellow('misses')
  return `features · weight + bias ${words} the model's own logits${agrees ? ' within' : ' by'} ${bound(largestDifference)}, on random inputs`
}
