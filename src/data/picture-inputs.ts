import { decodePicture } from '../formats/images.node.ts'
import type { PictureFile } from '../formats/picture.ts'
import { UserError, type UserErrorCode } from '../user-error.ts'
import { type PictureSteps, preparePicture } from './picture-preprocess.ts'

/** How a picture becomes the bytes of one input. */
export interface InputForm {
  readonly steps: PictureSteps
  readonly itemShape: readonly number[]
}

/** Why a picture cannot be had: what a UserError says, in a form that goes from thread to thread. */
export interface Failure {
  readonly code: UserErrorCode
  readonly message: string
}

/** A picture and what messages about its size call it, or why it was not found. */
export type WantedPicture =
  | { readonly file: PictureFile; readonly path: string }
  | { readonly failure: Failure }

export interface MadeInputs {
  /** [pictures, size of one]; 0 for those that failed */
  readonly bytes: Uint8Array
  /** By picture */
  readonly failures: ReadonlyMap<number, Failure>
}

/** Inputs of pictures. `onPicture` is told which of them comes next. */
export async function makeInputs(
  pictures: readonly WantedPicture[],
  { steps, itemShape }: InputForm,
  onPicture?: (k: number) => void,
): Promise<MadeInputs> {
  const size = itemShape.reduce((product, length) => product * length, 1)
  const bytes = new Uint8Array(pictures.length * size)
  const failures = new Map<number, Failure>()
  for (const [k, wanted] of pictures.entries()) {
    onPicture?.(k)
    if ('failure' in wanted) {
      failures.set(k, wanted.failure)
      continue
    }
    const { file, path } = wanted
    try {
      bytes.set(preparePicture(await decodePicture(file), steps, itemShape, path), k * size)
    } catch (error) {
      failures.set(k, failureOf(error))
    }
  }
  return { bytes, failures }
}

/** What a user can mend; anything else is thrown on. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof UserError)) throw error
  return { code: error.code, message: error.message }
}
