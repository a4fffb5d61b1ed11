import type { UseQueryResult } from '@tanstack/react-query'
import type { Answer, Question } from '../../../src/server/wire.ts'
import { useAnswer, usePictureAnswer } from '../source/queries.ts'
import type { Asked, View } from '../view/view.ts'
import { type AskedPicture, useAskedPictures } from './asked-pictures.ts'

/** What an explanation is of: a stored example, or a picture of the user's. */
export type Subject =
  | { readonly asked: Asked }
  | { readonly picture: AskedPicture; readonly output: Asked['output']; readonly contrast: Asked['contrast'] }

/** What is in hand; null where nothing is, or a picture of a link that is not in this tab. */
export function useSubject({ split, row, picture, output, contrast }: View): Subject | null {
  const { pictures } = useAskedPictures()
  if (picture !== null) {
    return pictures[picture] ? { picture: pictures[picture], output, contrast } : null
  }
  return row === null ? null : { asked: { split, row, output, contrast } }
}

/** The explanation of a subject, or of the training examples of one class within it. */
export function useAnswerOf(subject: Subject | null, k: number, within?: number): UseQueryResult<Answer> {
  const isPicture = subject !== null && 'picture' in subject
  const choices = { ...outputOf(subject), k, ...(within !== undefined && { within }) }
  const stored = useAnswer(subject && !isPicture ? { example: exampleOf(subject.asked), ...choices } : null)
  const ofPicture = usePictureAnswer(isPicture ? subject.picture : null, choices)
  return isPicture ? ofPicture : stored
}

export const exampleOf = ({ split, row }: Asked): NonNullable<Question['example']> => ({ split, row })

/** An output, or two against each other: a question has one of them. */
export function outputOf(subject: Subject | null): Pick<Question, 'output' | 'contrast'> {
  if (subject === null) return {}
  const { output, contrast } = 'picture' in subject ? subject : subject.asked
  return contrast ? { contrast } : { output }
}
