import type { Picture } from '../../formats/picture.ts'
import { encodeSmallPng } from '../../formats/png.node.ts'
import { writeFileWhole } from '../../store/write.node.ts'
import { percent } from '../../views/numbers.ts'
import {
  type SensitivityView,
  type ShownExamplePart,
  type ShownMap,
  type ShownPart,
  type ShownToken,
  sensitivityPage,
} from '../../views/sensitivity-view.ts'
import type { ShownContribution, ShownPicture } from '../../views/view-data.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { WrittenPage } from '../show/html.ts'
import { Shown } from '../show/shown.ts'
import type { SensitivityAnswer, SharedMap, WrittenMap } from './answer.ts'
import type { Sensitivity } from './decompose.ts'
import type { Panels } from './panels.ts'
import type { Token } from './tokens.ts'

/** Writes a page with the maps side by side. */
export async function writePage(
  file: string,
  explainer: Explainer,
  found: Sensitivity,
  panels: Panels | null,
  answer: SensitivityAnswer,
): Promise<WrittenPage> {
  const shown = new Shown(explainer)
  const { input, output, contrast, excitatory, inhibitory } = await shown.explanation(found.subject)
  const { maps } = found
  const mapOf = (written: WrittenMap, map: Float32Array, text = answer.text): ShownMap => ({
    picture: panels && shownPicture(panels.over(map)),
    tokens: shownTokens(text, written.tokens),
    norm: written.norm,
  })
  const partOf = (written: SharedMap, map: Float32Array): ShownPart => ({
    ...mapOf(written, map),
    share: written.share,
  })
  const exampleOf = (example: ShownContribution, k: number): ShownExamplePart => {
    const written = answer.parts[k]
    const pair = written.pair && mapOf(written.pair, found.pairs[k].map, written.pair.text)
    return {
      ...partOf(written, maps.parts[k]),
      example,
      value: written.value,
      pair: pair && { ...pair, picture: panels && shownPicture(panels.pairs[k]) },
    }
  }
  const view: SensitivityView = {
    input,
    output,
    contrast,
    logit: answer.logit,
    method: methodWords(answer),
    by: byWords(answer),
    scale: panels?.scale ?? tokenScale(answer),
    pairScale: panels?.pairScale ?? pairTokenScale(answer),
    whole: mapOf(answer.map, maps.whole),
    given: answer.given && maps.given && { ...mapOf(answer.given, maps.given), cosine: answer.given.cosine },
    rest: partOf(answer.rest, maps.rest),
    overlap: answer.overlap && maps.overlap && partOf(answer.overlap, maps.overlap),
    groups: answer.groups.map(({ name, examples, value, ...written }, k) => ({
      ...partOf(written, maps.parts[found.entries.length + k]),
      name,
      examples,
      value,
    })),
    excitatory: excitatory.map(exampleOf),
    inhibitory: inhibitory.map((example, k) => exampleOf(example, excitatory.length + k)),
    difference: answer.difference,
    noOverlays: answer.noOverlays,
  }
  await writeFileWhole(file, sensitivityPage(view))
  return { file, missing: shown.missing }
}

function shownPicture(picture: Picture): ShownPicture {
  const png = Buffer.from(encodeSmallPng(picture)).toString('base64')
  return { src: `data:image/png;base64,${png}`, width: picture.width, height: picture.height }
}

function shownTokens(text: readonly Token[] | null, values: readonly number[] | null): ShownToken[] | null {
  if (text === null || values === null) return null
  return text.map(({ id, text }, k) => ({ text: text ?? String(id), value: values[k] }))
}

/** What has the full colour among tokens. */
function tokenScale({ map, given, parts, groups, overlap, rest }: SensitivityAnswer): number {
  const all = [map, given, rest, overlap, ...parts, ...groups].flatMap(map => map?.tokens ?? [])
  return Math.max(...all.map(Math.abs), 0) || 1
}

const pairTokenScale = ({ parts }: SensitivityAnswer): number =>
  Math.max(...parts.flatMap(({ pair }) => pair?.tokens ?? []).map(Math.abs), 0) || 1

function methodWords({ method }: SensitivityAnswer): string {
  const { name, timesInput, samples, noise, seed } = method
  const times = timesInput ? ' × input' : ''
  if (name === 'gradient') return `the gradient${times}`
  return `SmoothGrad${times}, the mean over ${samples} inputs with noise of ${percent(noise ?? 0, 0)} of their range (seed ${seed})`
}

function byWords({ target, tensor }: SensitivityAnswer): string {
  if (target === 'tokens') return 'the vectors of its tokens'
  return target === 'layer' ? `layer ${tensor}` : 'the input'
}
