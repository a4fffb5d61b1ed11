import type { SensitivityAnswer } from '../app/sensitivity/answer.ts'
import { type SensitivityOptions, sensitivity } from '../app/sensitivity/sensitivity.ts'
import { bound, count, fixed, percent, signed, significant } from '../views/numbers.ts'
import { colour } from './colour.ts'
import type { Reporter } from './reporter.ts'
import { printable, table } from './text.ts'

export async function runSensitivity(options: SensitivityOptions, report: Reporter): Promise<void> {
  const answer = await sensitivity(options)
  report.answer(answer, sensitivityText)
  report.page(answer.page)
}

function sensitivityText(answer: SensitivityAnswer): string {
  return [
    ...headLines(answer),
    '',
    partsTable(answer),
    '',
    colour.dim(
      `  ${sumWords(answer)} within ${bound(answer.difference)} of the largest number in any of them`,
    ),
    ...(answer.noOverlays === null ? [] : [colour.dim(`  ${printable(answer.noOverlays)}`)]),
    ...nextLines(answer),
  ].join('\n')
}

const named = (names: readonly string[] | null, index: number) => printable(names?.[index] ?? String(index))

function headLines(answer: SensitivityAnswer): string[] {
  const { input, output, contrast, outputs, logit, map, given } = answer
  const explained =
    contrast === null
      ? named(outputs, output)
      : `${named(outputs, output)} against ${named(outputs, contrast)}`
  const file = (name: string | null) => (name === null ? '' : `${name}, `)
  return [
    `${colour.bold(printable(input))}  explained: ${explained}, logit ${fixed(logit, 4)}`,
    `  ${methodWords(answer)}: ${file(map.file)}of norm ${significant(map.norm)}`,
    ...(given === null
      ? []
      : [
          `  the given head's: ${file(given.file)}of norm ${significant(given.norm)}` +
            `${given.cosine === null ? '' : `; cosine between the two ${fixed(given.cosine, 4)}`}`,
        ]),
  ]
}

function methodWords({ method, target, tensor }: SensitivityAnswer): string {
  const { name, timesInput, samples, noise, seed } = method
  const by = { input: 'the input', tokens: "its tokens' vectors", layer: printable(tensor) }[target]
  const times = timesInput ? `, times ${by}` : ''
  if (name === 'gradient') return `its gradient by ${by}${times}`
  return `SmoothGrad by ${by}${times}, ${samples} samples, noise ${noise}, seed ${seed}`
}

function partsTable({ parts, groups, overlap, rest, classes }: SensitivityAnswer): string {
  const share = (of: number | null) => (of === null ? '' : percent(of))
  const files = (...names: (string | null | undefined)[]) => names.filter(Boolean).join(' ')
  const rows = [
    ...parts.map(({ id, label, value, share: of, file, pair }) => [
      printable(id),
      label === null ? '' : named(classes, label),
      signed(value, 4),
      share(of),
      files(file, pair?.file),
    ]),
    ...groups.map(({ name, examples, value, share: of, file }) => [
      printable(name),
      `${count(examples)} examples`,
      signed(value, 4),
      share(of),
      files(file),
    ]),
    ...(overlap ? [['in several of these', '', '', share(overlap.share), files(overlap.file)]] : []),
    ['all others', '', '', share(rest.share), files(rest.file)],
  ]
  return table(
    [
      { heading: 'by' },
      { heading: 'label' },
      { heading: 'value', align: 'right' },
      { heading: 'of the map', align: 'right' },
      { heading: 'file' },
    ],
    rows,
  )
}

function sumWords({ parts, groups, overlap }: SensitivityAnswer): string {
  const what = `the ${count(parts.length + groups.length)} parts and the rest`
  return overlap ? `${what}, less what is in several of them, add up to the map` : `${what} add up to the map`
}

function nextLines({ out, page, input, explainer }: SensitivityAnswer): string[] {
  if (page && out === null) return []
  const next =
    out === null
      ? `representer sensitivity ${printable(explainer)} ${printable(input)} --out maps --html maps.html`
      : `python3 -c "import numpy; print(numpy.load('${printable(out)}/map.npy').shape)"`
  return ['', `next: ${colour.cyan(next)}`]
}
