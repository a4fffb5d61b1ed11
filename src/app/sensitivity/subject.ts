import { findStored } from '../explain/inputs.ts'
import { type ReadInput, readInput } from '../explain/read-input.ts'
import { expectNetwork } from '../explainer/expect-network.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { ExplainChoices, ExplainedInput } from '../explainer/explanation.ts'
import { type NetworkInput, readyInput } from '../explainer/network.ts'
import { expectSame, openStoredInputs, type StoredInputs, type StoredPlace } from './stored-input.ts'

/** The input that is explained. */
export interface Subject extends ExplainedInput {
  /** As the training data held it, or ready for the network */
  readonly pixels: NetworkInput
  /** As the network takes it */
  readonly ready: Float32Array
  /** [d] */
  readonly features: Float32Array
}

/** An input that the user named: stored, a picture or a row of an array. Errors: UserError where it does not fit. */
export async function namedSubject(
  explainer: Explainer,
  input: string,
  choices: ExplainChoices,
): Promise<Subject> {
  expectNetwork(explainer.manifest, explainer.directory)
  const place = await findStored(explainer, input)
  if (place) {
    const inputs = await openStoredInputs(explainer, place.split)
    return storedSubject(explainer, place, inputs, choices, input)
  }
  return givenSubject(explainer, input, await readInput(explainer, input), choices)
}

/** An input that is not stored. `name` is what messages call it. */
export async function givenSubject(
  explainer: Explainer,
  name: string,
  { pixels, kind, picture }: ReadInput,
  choices: ExplainChoices,
): Promise<Subject> {
  const network = expectNetwork(explainer.manifest, explainer.directory)
  const { features, logits } = await explainer.runNetwork(pixels, name, kind)
  const explanation = explainer.explain(features, choices, { input: name, givenLogits: logits })
  return { explanation, picture, pixels, ready: await readyInput(network, pixels, name, kind), features }
}

/** A stored example. Errors: UserError where its file is no longer what it was. */
export async function storedSubject(
  explainer: Explainer,
  place: StoredPlace,
  inputs: StoredInputs,
  choices: ExplainChoices,
  name = `${place.split}/${place.row}`,
): Promise<Subject> {
  const { split, row } = place
  const network = expectNetwork(explainer.manifest, explainer.directory)
  const explanation = { ...(await explainer.explainStored(split, row, choices)), input: name }
  const pixels = await inputs(row)
  const features = await expectSame(explainer, place, pixels)
  const ready = await readyInput(network, pixels, name, 'as-training')
  return { explanation, picture: place, pixels, ready, features }
}
