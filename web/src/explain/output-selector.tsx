import type { Answer } from '../../../src/server/wire.ts'
import { Choice } from '../components/choice.tsx'
import { Segments } from '../components/segments.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import { useGo, useView } from '../view/view-store.ts'

type Kind = 'predicted' | 'label' | 'output' | 'contrast'

/** Chooses what is explained of the prediction: an output, or one against another. */
export function OutputSelector({ answer }: { answer: Answer | undefined }) {
  const { output, contrast } = useView()
  const { info, names } = useExplainer()
  const go = useGo()
  const kind: Kind = contrast ? 'contrast' : typeof output === 'number' ? 'output' : (output as Kind)
  // There is nothing to choose of one output.
  if (info.c === 1) return null
  const options = Array.from({ length: info.c }, (_, i) => ({ value: String(i), text: names.output(i) }))
  const change = (to: Kind): void => {
    const next = answer ? firstContrast(answer) : ([0, 1] as const)
    if (to === 'contrast') go({ contrast: next, output: 'predicted', within: null })
    else
      go({ output: to === 'output' ? (answer?.explanation.output ?? 0) : to, contrast: null, within: null })
  }
  return (
    <>
      <Segments
        label="Output"
        value={kind}
        options={[
          { value: 'predicted', text: 'Predicted' },
          {
            value: 'label',
            text: 'Given label',
            disabled: answer?.explanation.label === null || info.task !== 'classification',
          },
          { value: 'output', text: 'Any' },
          { value: 'contrast', text: 'Contrast', disabled: info.c < 2 },
        ]}
        onChange={change}
      />
      {kind === 'output' && (
        <Choice
          label="Output"
          bare
          value={String(output)}
          options={options}
          onChange={value => go({ output: Number(value), within: null })}
        />
      )}
      {contrast && (
        <>
          <Choice
            label="For"
            value={String(contrast[0])}
            options={options.filter(({ value }) => value !== String(contrast[1]))}
            onChange={value => go({ contrast: [Number(value), contrast[1]], within: null })}
          />
          <Choice
            label="against"
            value={String(contrast[1])}
            options={options.filter(({ value }) => value !== String(contrast[0]))}
            onChange={value => go({ contrast: [contrast[0], Number(value)], within: null })}
          />
        </>
      )}
    </>
  )
}

/** What is predicted against the label, or where that is the same, against the next most likely output. */
function firstContrast({ logits, explanation: { predicted, label } }: Answer): readonly [number, number] {
  if (label !== null && label !== predicted && label < logits.length) return [predicted, label]
  const order = logits.map((_, i) => i).sort((a, b) => logits[b] - logits[a])
  return [order[0], order[1]]
}
