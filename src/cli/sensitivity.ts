import {
  type SensitivityAnswer,
  type SensitivityOptions,
  sensitivity,
} from '../app/sensitivity/sensitivity.ts'
import { bound, count, fixed, percent, signed, significant } from '../views/numbers.ts'
import { colour } from './colour.ts'
import type { Reporter } from './reporter.ts'
import { printable, table } from './text.ts'

export async function runSensitivity(options: SensitivityOptions, report: Reporter): Promise<void> {
  report.answer(await sensitivity(options), sensitivityText)
}

function sensitivityText(answer: SensitivityAnswer): string {
  const { input, out, output, contrast, outputs, classes, logit, map, given, parts, rest, difference } =
    answer
  const named = (names: readonly string[] | null, index: number) => printable(names?.[index] ?? String(index))
  const explained =
    contrast === null
      ? named(outputs, output)
      : `${named(outputs, output)} against ${named(outputs, contrast)}`
  const share = (of: number | null) => (of === null ? '' : percent(of))
  const rows = [
    ...parts.map(({ id, label, value, share: of, file }) => [
      printable(id),
      label === null ? '' : named(classes, label),
      signed(value, 4),
      share(of),
      file,
    ]),
    ['all others', '', '', share(rest.share), rest.file],
  ]
  return [
    `${colour.bold(printable(input))}  explained: ${explained}, logit ${fixed(logit, 4)}`,
    `  its gradient by the input: ${map.file}, of norm ${significant(map.norm)}`,
    ...(given === null
      ? []
      : [
          `  the given head's: ${given.file}, of norm ${significant(given.norm)}` +
            `${given.cosine === null ? '' : `; cosine between the two ${fixed(given.cosine, 4)}`}`,
        ]),
    '',
    table(
      [
        { heading: 'by' },
        { heading: 'label' },
        { heading: 'value', align: 'right' },
        { heading: 'of the map', align: 'right' },
        { heading: 'file' },
      ],
      rows,
    ),
    '',
    colour.dim(
      `  the ${count(parts.length)} parts and the rest add up to the map within ${bound(difference)} of the largest number in any of them`,
    ),
    '',
    `next: ${colour.cyan(`python3 -c "import numpy; print(numpy.load('${printable(out)}/map.npy').shape)"`)}`,
  ].join('\n')
}
