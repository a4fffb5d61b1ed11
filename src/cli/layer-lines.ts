import type { InspectAnswer, InspectedLayer } from '../app/inspect/inspect.node.ts'
import { colour } from './colour.ts'
import { printable, table } from './text.ts'

/** The layers that can be explained, one a line, and how many others cannot. */
export function layerLines({ layers, layersNotVerified, refusedLayers }: InspectAnswer): string[] {
  const columns = [
    { heading: 'layer' },
    { heading: 'op' },
    { heading: 'd', align: 'right' as const },
    { heading: 'c', align: 'right' as const },
    { heading: 'explained with' },
    { heading: '' },
  ]
  const rows = layers.map(layer => [
    printable(layer.layer),
    layer.op,
    `${layer.d}`,
    `${layer.c}`,
    explainedWith(layer),
    printable(remarks(layer)),
  ])
  const counts = countsByReason(refusedLayers)
  return [
    ...(layers.length > 0 ? ['layers that can be explained', table(columns, rows), ''] : []),
    ...(layersNotVerified !== null && layers.length > 0
      ? [`  not verified  ${printable(layersNotVerified)}`, '']
      : []),
    ...(counts.length > 0
      ? [
          'layers that cannot (each with its reason: --json)',
          table([{ heading: '' }, { heading: '' }], counts),
          '',
        ]
      : []),
  ]
}

const explainedWith = ({ isHead, activation }: InspectedLayer): string =>
  isHead && activation === 'identity' ? 'softmax, by convention' : activation

const remarks = ({ isHead, pooled, note }: InspectedLayer): string =>
  [isHead ? colour.bold('head') : '', pooled ? 'on pooled features' : '', note ?? '']
    .filter(Boolean)
    .join('; ')

/** Layers of one operator with the same thing wrong with them, most of them first. */
function countsByReason(refused: InspectAnswer['refusedLayers']): string[][] {
  const counts = new Map<string, number>()
  for (const { op, reason } of refused) {
    const kind = `${op}: ${whatIsWrong(reason)}`
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([kind, count]) => [`${count} ×`, printable(kind)])
}

/** A reason without what was expected, and without what it names. */
const whatIsWrong = (reason: string): string => reason.split(/, | by | with /)[0]
