import type { ExampleColumns } from '../../../src/server/wire.ts'
import { Choice } from '../components/choice.tsx'
import { Empty, Loaded } from '../components/states.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import { useColumns } from '../source/queries.ts'
import { useSource } from '../source/source-context.tsx'
import { useGo, useView } from '../view/view-store.ts'
import { keepPicture } from './asked-pictures.ts'
import { Compared } from './compared.tsx'
import styles from './explain-screen.module.css'
import { MapsChoice } from './maps/maps-choice.tsx'
import { OutputSelector } from './output-selector.tsx'
import { Picker } from './picker.tsx'
import { Starters } from './starters.tsx'
import { type Subject, useAnswerOf, useSubject } from './use-answer-of.ts'
import { useFileDrop } from './use-file-drop.ts'
import { useFromTop } from './use-from-top.ts'

const COUNTS = [5, 10, 20, 50, 100]

/** Why the network says what it says about one example, by the training examples. */
export function ExplainScreen() {
  const { info } = useExplainer()
  const source = useSource()
  const view = useView()
  const go = useGo()
  const columns = useColumns(view.split)
  const subject = useSubject(view)
  useFromTop(JSON.stringify([view.split, view.row, view.picture]))
  const takesPictures = info.pictures.asked && source.kind === 'server'
  const isOver = useFileDrop(
    takesPictures ? file => go({ picture: keepPicture(file).name, within: null }) : null,
  )
  return (
    <section aria-label="Explain" className={styles.screen}>
      {isOver && (
        <p className={styles.drop}>
          <strong>Drop the picture to explain it</strong>
        </p>
      )}
      <h1>Explain</h1>
      <Loaded query={columns} what={`The ${view.split === 'train' ? 'training' : 'test'} examples`}>
        {data => <Picker columns={data} />}
      </Loaded>
      {subject ? (
        <Explained subject={subject} />
      ) : (
        <NothingInHand takesPictures={takesPictures} columns={columns.data} />
      )}
    </section>
  )
}

function Explained({ subject }: { subject: Subject }) {
  const { k } = useView()
  const go = useGo()
  const query = useAnswerOf(subject, k)
  return (
    <>
      <div className={styles.choices}>
        <OutputSelector answer={query.data} />
        <MapsChoice />
        <Choice
          label="Examples of each sign"
          value={String(k)}
          options={[...new Set([...COUNTS, k])]
            .sort((a, b) => a - b)
            .map(value => ({ value: String(value), text: String(value) }))}
          onChange={value => go({ k: Number(value) })}
        />
      </div>
      <Loaded query={query} what="The explanation">
        {answer => (
          <div
            className={query.isPlaceholderData ? styles.old : undefined}
            aria-busy={query.isPlaceholderData}
          >
            <Compared answer={answer} subject={subject} />
          </div>
        )}
      </Loaded>
    </>
  )
}

function NothingInHand({
  takesPictures,
  columns,
}: {
  takesPictures: boolean
  columns: ExampleColumns | undefined
}) {
  const { picture } = useView()
  if (picture !== null) {
    return (
      <Empty title={`${picture} is not in this tab`}>
        <p>A picture of yours is not kept: choose it again.</p>
      </Empty>
    )
  }
  return (
    <>
      <Empty title="Choose an example">
        <p>
          Type an id or a row, take one by chance{takesPictures && ', or drop a picture of yours here'}. You
          see which training examples speak for what the network says, which against it, and how much.
        </p>
      </Empty>
      {columns && <Starters columns={columns} />}
    </>
  )
}
