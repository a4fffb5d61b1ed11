import type { ReactNode } from 'react'
import type { Answer } from '../../../src/server/wire.ts'
import { count, signed, significant } from '../../../src/views/numbers.ts'
import { Badge } from '../components/badge.tsx'
import { ExamplePicture, FittedPicture } from '../components/example-picture.tsx'
import { isNumeric, useLabelWords, valueWords } from '../components/label-text.tsx'
import { Stat, Stats } from '../components/stat.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import { Contributions } from './contributions.tsx'
import styles from './explanation-pane.module.css'
import { MapsPanel } from './maps/maps-panel.tsx'
import { PartMaps } from './maps/part-map.tsx'
import { useMaps } from './maps/use-maps.ts'
import { Prediction } from './prediction.tsx'
import { decimalsOf } from './reading.ts'
import { Terms } from './terms.tsx'
import type { Subject } from './use-answer-of.ts'

interface ExplanationPaneProps {
  readonly answer: Answer
  readonly subject: Subject
  /** The largest |value|; of both where two stand side by side */
  readonly scale: number
  readonly common?: ReadonlySet<number>
  readonly narrow?: boolean
  /** What can be done with it */
  readonly tools?: ReactNode
  readonly children?: ReactNode
}

const NONE: ReadonlySet<number> = new Set()

/** One explanation: what was asked, what the network says, and the examples for and against it. */
export function ExplanationPane({
  answer,
  subject,
  scale,
  common = NONE,
  narrow = false,
  tools,
  children,
}: ExplanationPaneProps) {
  const { info } = useExplainer()
  const { explanation, microseconds } = answer
  const maps = useMaps(subject)
  const decimals = decimalsOf(scale)
  const self = 'asked' in subject && subject.asked.split === 'train' ? subject.asked.row : null
  return (
    <article className={styles.pane} aria-label={`Explanation of ${explanation.input}`}>
      <header className={styles.header}>
        <SubjectPicture subject={subject} explanation={explanation} />
        <div className={styles.about}>
          <div className={styles.title}>
            <h2>
              <span className="id">{explanation.input}</span>: {useQuestionWords(answer)}
            </h2>
            {tools}
          </div>
          <Facts answer={answer} />
        </div>
        <Prediction answer={answer} />
      </header>
      <Terms explanation={explanation} />
      <MapsPanel maps={maps} />
      <PartMaps value={maps.data ?? null}>
        <div className={narrow ? styles.narrow : styles.columns}>
          {(['excitatory', 'inhibitory'] as const).map(kind => (
            <Contributions
              key={kind}
              kind={kind}
              explanation={explanation}
              scale={scale}
              decimals={decimals}
              self={self}
              common={common}
            />
          ))}
        </div>
      </PartMaps>
      {children}
      <p className={styles.read}>
        Read {count(explanation.read)} of {count(info.n)} training examples in {count(microseconds)} µs.
      </p>
    </article>
  )
}

function SubjectPicture({ subject, explanation }: { subject: Subject; explanation: Answer['explanation'] }) {
  const words = useLabelWords()
  const { input, label, predicted } = explanation
  const alt = `${input}, ${words(label, predicted)}`
  if ('picture' in subject) {
    return <FittedPicture src={subject.picture.url} size={128} alt={alt} tile={input} />
  }
  const { split, row } = subject.asked
  return <ExamplePicture split={split} row={row} size={128} alt={alt} tile={input} />
}

function Facts({ answer: { explanation } }: { answer: Answer }) {
  const { info, names } = useExplainer()
  const { label, labelValue, predicted, fittedPrediction, logit, givenLogit, contrast } = explanation
  const decimals = decimalsOf(Math.abs(logit))
  const kind = contrast === null ? 'Logit' : 'Difference'
  const wrong = info.task === 'classification' && label !== null && label !== predicted
  return (
    <Stats>
      <Stat name="Label">
        {label !== null ? (
          names.class(label)
        ) : labelValue !== null ? (
          valueWords(info, labelValue)
        ) : (
          <span className="soft">not known</span>
        )}
      </Stat>
      {!isNumeric(info) && (
        <Stat name="Predicted">
          {names.prediction(predicted)} {wrong && <Badge look="wrong">wrong</Badge>}
        </Stat>
      )}
      {!isNumeric(info) && fittedPrediction !== predicted && (
        <Stat name="Fitted head predicts">
          {names.prediction(fittedPrediction)} <Badge look="wrong">differs</Badge>
        </Stat>
      )}
      <Stat name={`${kind}, fitted`}>{signed(logit, decimals)}</Stat>
      {givenLogit !== null && <Stat name={`${kind}, given model`}>{signed(givenLogit, decimals)}</Stat>}
    </Stats>
  )
}

/** "why 7?", "why 7 rather than 1?"; of a number "why 12.9?", or "why 12.9 for price?" */
function useQuestionWords({ explanation, logits }: Answer): string {
  const { info, names } = useExplainer()
  const { output, contrast, predicted } = explanation
  if (contrast !== null) return `why ${names.output(output)} rather than ${names.output(contrast)}?`
  if (isNumeric(info)) {
    const said = significant(logits[output])
    return info.c === 1 ? `why ${said}?` : `why ${said} for ${names.output(output)}?`
  }
  // One output speaks for the second of two classes, or against it for the first.
  return `why ${info.c === 1 ? names.prediction(predicted) : names.output(output)}?`
}
