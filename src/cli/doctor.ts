import { type DoctorAnswer, doctor } from '../app/doctor/doctor.ts'
import type { Checked } from '../app/inspect/examine.ts'
import { fixed } from '../views/numbers.ts'
import { colour } from './colour.ts'
import type { Reporter } from './reporter.ts'
import { printable, table } from './text.ts'

/** Answers whether nothing failed that `fit` needs. */
export async function runDoctor(reporter: Reporter): Promise<boolean> {
  const answer = await doctor()
  reporter.answer(answer, doctorText)
  return answer.healthy
}

const HUES: { readonly [K in Checked['status']]: (text: string) => string } = {
  ok: colour.green,
  warning: colour.yellow,
  failed: colour.red,
}

const GIGABYTE = 1e9

function doctorText({ versions, machine, devices, checks, healthy }: DoctorAnswer): string {
  const { representer, node, onnxruntime, sharp } = versions
  const usable = devices.filter(({ usable }) => usable)
  const found = [
    `Node.js ${node}, onnxruntime-node ${onnxruntime ?? 'not loaded'}, sharp ${sharp ?? 'not loaded'}`,
    `${machine.platform}, ${machine.cores} cores, ${fixed(machine.memory / GIGABYTE, 1)} GB memory`,
  ]
  const rows = checks.flatMap(({ name, status, found, remedy }) => [
    [HUES[status](status), name, printable(found)],
    ...(remedy === null ? [] : [['', '', colour.dim(remedy)]]),
  ])
  return [
    `${colour.bold(`representer ${representer}`)}  ${found[0]}`,
    `  ${found[1]}`,
    '',
    table([{ heading: '' }, { heading: '' }, { heading: '' }], rows),
    '',
    table(
      [{ heading: '' }, { heading: '' }],
      usable.map(({ device, runs }) => [`--device ${device}`, runs]),
    ),
    '',
    healthy
      ? `next: ${colour.cyan('representer inspect model.onnx')}`
      : colour.red('fit cannot work here before what failed is put right'),
  ].join('\n')
}
