import { UserError } from '../../user-error.ts'
import { expectNetwork } from '../explainer/expect-network.ts'
import { resolveK } from '../explainer/expect-query.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { ExplainChoices } from '../explainer/explanation.ts'
import { parseMemory } from '../explainer/memory.ts'
import { openForFew } from '../explainer/open.ts'
import { answerOf, type SensitivityAnswer } from './answer.ts'
import { decompose } from './decompose.ts'
import { groupOfClass, groupOfFile, type RowGroup } from './groups.ts'
import { expectOutputs, writeMaps } from './map-files.node.ts'
import { MapMaker } from './map-maker.ts'
import { type MapMethodChoices, resolveMethod } from './map-method.ts'
import { noPanelsReason, panelsOf } from './panels.ts'
import { openStoredInputs } from './stored-input.ts'
import { namedSubject } from './subject.ts'
import { readVocabulary } from './vocabulary.ts'

export interface SensitivityOptions extends MapMethodChoices, Pick<ExplainChoices, 'output' | 'contrast'> {
  readonly directory: string
  /** `test/12` or `train/12`, by id or by row, a picture file, or `X.npy#12`, row 12 of an array of inputs */
  readonly input: string
  /** The folder to write the maps to */
  readonly out?: string
  /** Write a page with the maps side by side. */
  readonly html?: string
  /** How many excitatory and how many inhibitory examples at most; 8 unless told, none where groups are named */
  readonly k?: number
  /** Classes, by name or index, whose training examples have one map each */
  readonly groups?: readonly (number | string)[]
  /** Tables with ids or rows of training examples, which have one map a table */
  readonly selections?: readonly string[]
  /** The other side of each example too: what in the training input makes it similar. */
  readonly pairs?: boolean
  /** A tensor inside the network to differentiate by, by its name or its node's; the input unless told */
  readonly layer?: string
  /** What the ids of tokens mean: a tokenizer.json, or a vocab.txt with a token a line */
  readonly tokenizer?: string
  /** What runs of the network may take beside its weights: bytes, or text such as `2GiB` */
  readonly memory?: number | string
  /** Replace maps that are there. */
  readonly force?: boolean
  /** Compare every checksum of the explainer first. */
  readonly verify?: boolean
}

/**
 * Works out by how much a logit, or the difference of two, changes with each number of the input, and takes that map
 * apart over the training examples that speak most for and most against the logit, and over groups of them. Errors:
 * UserError on inputs that do not fit, on explainers without a network, and on networks that gradients cannot pass.
 */
export async function sensitivity(options: SensitivityOptions): Promise<SensitivityAnswer> {
  const { directory, out, html, verify = false, force = false, input, pairs = false } = options
  const method = resolveMethod(options)
  const isGrouped = (options.groups?.length ?? 0) + (options.selections?.length ?? 0) > 0
  const k = resolveK(options.k ?? (isGrouped ? 0 : 8))
  await expectOutputs({ out, html, force })
  const memory = options.memory === undefined ? undefined : parseMemory(options.memory)
  const vocabulary = options.tokenizer === undefined ? null : await readVocabulary(options.tokenizer)
  const explainer = await openForFew(directory, { verify })
  try {
    expectNetwork(explainer.manifest, directory)
    const groups = await groupsOf(explainer, options)
    const maker = await MapMaker.open(explainer, { layer: options.layer, memory })
    try {
      if (vocabulary !== null && maker.target !== 'tokens') {
        throw new UserError('usage', `tokenizer: maps by ${maker.tensor} are of no tokens, leave it out`)
      }
      const subject = await namedSubject(explainer, input, { k, ...outputOf(options) })
      const training = pairs ? await openStoredInputs(explainer, 'train') : null
      const found = await decompose(explainer, maker, subject, { method, groups, training })
      const panels = panelsOf(explainer, maker, found)
      const noOverlays = noPanelsReason(explainer, maker)
      const written = { out: out ?? null, page: null, noOverlays, panels, vocabulary }
      const answer = answerOf(explainer, maker, method, found, written)
      const withPage = async (): Promise<SensitivityAnswer> => {
        if (html === undefined) return answer
        const { writePage } = await import('./page.ts')
        return { ...answer, page: await writePage(html, explainer, found, panels, answer) }
      }
      return await (out === undefined
        ? withPage()
        : writeMaps(out, found, panels, maker.shape, force, withPage))
    } finally {
      await maker.release()
    }
  } finally {
    await explainer.close()
  }
}

async function groupsOf(
  explainer: Explainer,
  { groups = [], selections = [] }: Pick<SensitivityOptions, 'groups' | 'selections'>,
): Promise<RowGroup[]> {
  const classes = groups.map(name => groupOfClass(explainer, name))
  return [...classes, ...(await Promise.all(selections.map(path => groupOfFile(explainer, path))))]
}

const outputOf = ({ output, contrast }: SensitivityOptions): ExplainChoices => ({
  ...(output !== undefined && { output }),
  ...(contrast !== undefined && { contrast }),
})
