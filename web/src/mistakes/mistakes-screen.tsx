import { count, percent } from '../../../src/views/numbers.ts'
import { FilterBar } from '../components/filter-bar.tsx'
import { Segments } from '../components/segments.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import { useMistakes } from '../source/queries.ts'
import type { Split } from '../view/view.ts'
import { useGo, useView } from '../view/view-store.ts'
import { CellPanel } from './cell-panel.tsx'
import { ConfusionMatrix, type Numbers } from './confusion-matrix.tsx'
import { type ClassOrder, classTotals, MOST_CLASSES } from './matrix.ts'
import styles from './mistakes.module.css'
import { Ranking } from './ranking.tsx'

/** What is taken for what, and which training examples stand behind it. */
export default function MistakesScreen() {
  const { info } = useExplainer()
  const { split } = useView()
  if (info.task !== 'classification') {
    return (
      <>
        <h1>Mistakes</h1>
        <Empty title="No confusion matrix">
          <p>
            Mistakes are counted where each example has one class; the outputs of this explainer are not
            classes.
          </p>
        </Empty>
      </>
    )
  }
  const labelled = (['test', 'train'] as const).filter(split => info.labelled[split])
  if (labelled.length === 0) {
    return (
      <>
        <h1>Mistakes</h1>
        <Empty title="No labels">
          <p>
            Mistakes are counted against labels: run <code>representer fit</code> with <code>--labels</code>{' '}
            or <code>--test-labels</code>.
          </p>
        </Empty>
      </>
    )
  }
  return <MistakesOf split={info.labelled[split] ? split : labelled[0]} offered={labelled} />
}

/** A matrix of more classes has the whole width to itself. */
const WIDE = 16

const SPLIT_NAMES: { readonly [S in Split]: string } = { train: 'Training', test: 'Test' }

function MistakesOf({ split, offered }: { split: Split; offered: readonly Split[] }) {
  const query = useMistakes(split)
  const view = useView()
  const go = useGo()
  const { order, numbers } = readChoices(view.choices)
  const choose = (name: string, value: string): void =>
    go({ choices: { ...view.choices, [name]: value } }, 'replace')
  return (
    <div className={styles.screen}>
      <header className={styles.head}>
        <h1>Mistakes</h1>
        {offered.length > 1 && (
          <Segments
            label="Examples"
            value={split}
            options={offered.map(value => ({ value, text: SPLIT_NAMES[value] }))}
            onChange={value => go({ split: value, row: null, cell: null })}
          />
        )}
        <Segments
          label="Numbers"
          value={numbers}
          options={[
            { value: 'counts', text: 'Counts' },
            { value: 'shares', text: 'Shares in %' },
          ]}
          onChange={value => choose('numbers', value)}
        />
        <Segments
          label="Order of classes"
          value={order}
          options={[
            { value: 'class', text: 'In order' },
            { value: 'error', text: 'Worst first' },
          ]}
          onChange={value => choose('order', value)}
        />
        <FilterBar />
      </header>
      <Loaded query={query} what="The mistakes">
        {({ matrix, cells, n, accuracy }) => {
          const totals = classTotals(matrix)
          return (
            <>
              <p className={styles.summary}>
                <b>{percent(accuracy, 2)}</b> of {count(n)} {SPLIT_NAMES[split].toLowerCase()} examples are
                predicted as labelled; <b>{count(cells.reduce((sum, { count }) => sum + count, 0))}</b> are
                not.
                {totals.length > MOST_CLASSES &&
                  ` The matrix has the ${MOST_CLASSES} classes with most mistakes; all mistakes are in the list.`}
              </p>
              <div className={`${styles.columns} ${totals.length > WIDE ? styles.wide : ''}`}>
                <ConfusionMatrix counts={matrix} totals={totals} order={order} numbers={numbers} />
                <Ranking cells={cells} totals={totals} />
              </div>
              {view.cell && <CellPanel key={`${split} ${view.cell}`} split={split} cell={view.cell} />}
            </>
          )
        }}
      </Loaded>
    </div>
  )
}

const readChoices = ({
  order,
  numbers,
}: Readonly<Record<string, string>>): { order: ClassOrder; numbers: Numbers } => ({
  order: order === 'error' ? 'error' : 'class',
  numbers: numbers === 'shares' ? 'shares' : 'counts',
})
