import { type ComponentProps, useState } from 'react'
import type { MistakesCell } from '../../../src/server/wire.ts'
import { count, percent } from '../../../src/views/numbers.ts'
import { Button } from '../components/button.tsx'
import { CloseIcon } from '../components/icons.tsx'
import { Loaded } from '../components/states.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import { useCell, useColumns } from '../source/queries.ts'
import type { Split } from '../view/view.ts'
import { useGo, useView } from '../view/view-store.ts'
import { ExampleTiles } from './example-tiles.tsx'
import styles from './mistakes.module.css'

/** How deep the top of each example of the cell goes, and how many training examples are shown. */
const DEPTH = 10
const FIRST = 24

interface CellPanelProps {
  readonly split: Split
  readonly cell: readonly [number, number]
}

/** One kind of mistake: its examples, and the training examples that most often stand behind them. */
export function CellPanel({ split, cell }: CellPanelProps) {
  const { names } = useExplainer()
  const go = useGo()
  const { filters } = useView()
  const query = useCell(split, cell, DEPTH)
  const [label, predicted] = cell.map(names.class)
  return (
    <section className={styles.panel} aria-labelledby="cell">
      <header>
        <h2 id="cell">
          {label} <span className="soft">taken for</span> {predicted}
        </h2>
        <Button
          look="quiet"
          aria-label="Close this mistake"
          onPress={() => go({ cell: null, filters: { ...filters, label: [], predicted: [] } })}
        >
          <CloseIcon />
        </Button>
      </header>
      <Loaded query={query} what="What stands behind this mistake">
        {answer => <CellContent answer={answer} split={split} />}
      </Loaded>
    </section>
  )
}

function CellContent({ answer, split }: { answer: MistakesCell; split: Split }) {
  const { names } = useExplainer()
  const suspicion = useColumns('train').data
  const [isAll, setAll] = useState(false)
  const { examples, inhibitory, excitatory } = answer
  const [label, predicted] = [names.class(answer.label), names.class(answer.predicted)]
  const contrast = [answer.label, answer.predicted] as const
  const suspectOf = (row: number): number | null => {
    const at = suspicion?.rows.indexOf(row) ?? -1
    return at < 0 ? null : (suspicion?.suspicion?.[at] ?? null)
  }
  const behind = (list: MistakesCell['inhibitory']) =>
    list.map(({ row, id, label, predicted, times }) => ({
      row,
      id,
      label,
      predicted,
      suspicion: suspectOf(row),
      share: times / answer.count,
      note: `in ${count(times)} of ${count(answer.count)}`,
    }))
  return (
    <>
      <p className="soft">{trainingWords(answer, label)}</p>
      <h3>
        {count(answer.count)} {split === 'train' ? 'training' : 'test'} example{answer.count === 1 ? '' : 's'}
      </h3>
      <ExampleTiles
        label={`Examples of ${label} taken for ${predicted}`}
        split={split}
        contrast={contrast}
        items={examples
          .slice(0, isAll ? examples.length : FIRST)
          .map(({ row, id }) => ({ row, id, label: answer.label, predicted: answer.predicted }))}
      />
      {examples.length > FIRST && (
        <Button look="quiet" onPress={() => setAll(!isAll)}>
          {isAll ? 'Show fewer' : `Show all ${count(examples.length)}`}
        </Button>
      )}
      <div className={styles.behind}>
        <Behind
          sign="−"
          speak={`speak against ${label}`}
          top={`inhibitory for ${label}`}
          items={behind(inhibitory)}
        />
        <Behind
          sign="+"
          speak={`speak for ${predicted}`}
          top={`excitatory for ${predicted}`}
          items={behind(excitatory)}
        />
      </div>
    </>
  )
}

interface BehindProps {
  readonly sign: '+' | '−'
  /** What they do: "speak for 7" */
  readonly speak: string
  /** Which top they stand in: "excitatory for 7" */
  readonly top: string
  readonly items: ComponentProps<typeof ExampleTiles>['items']
}

/** The training examples of one sign that stand behind a mistake. */
function Behind({ sign, speak, top, items }: BehindProps) {
  return (
    <section>
      <h3>
        <span className={sign === '+' ? 'sign raises' : 'sign lowers'}>{sign}</span> {speak[0].toUpperCase()}
        {speak.slice(1)}
      </h3>
      <p className="soft">
        Training examples that most often stand among the {DEPTH} most {top}.
      </p>
      <ExampleTiles label={`Training examples that ${speak}`} split="train" sign={sign} items={items} />
    </section>
  )
}

/** How the same confusion stands among the mistakes of its class in the training set. */
function trainingWords({ training, split }: MistakesCell, label: string): string {
  if (split === 'train' || !training) return ''
  const { mistakes, same, share, rank } = training
  if (share === null || same === 0) return `No training example of ${label} is mistaken so.`
  const place = rank === 1 ? 'its most frequent one' : `its ${ordinal(rank ?? 0)} most frequent one`
  return `In the training set this is ${count(same)} of the ${count(mistakes)} mistakes of ${label} (${percent(share, 0)}), ${place}.`
}

function ordinal(n: number): string {
  const teen = n % 100 > 10 && n % 100 < 14
  return `${n}${teen ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th')}`
}
