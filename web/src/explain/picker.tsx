import { useRef } from 'react'
import type { ExampleColumns } from '../../../src/server/wire.ts'
import { count } from '../../../src/views/numbers.ts'
import { Button } from '../components/button.tsx'
import { DiceIcon, PictureIcon } from '../components/icons.tsx'
import { useLabelWords } from '../components/label-text.tsx'
import { Segments } from '../components/segments.tsx'
import { Typeahead } from '../components/typeahead.tsx'
import { useShortcuts } from '../layout/shortcuts.ts'
import { useExplainer } from '../source/explainer-context.tsx'
import { useSource } from '../source/source-context.tsx'
import type { View } from '../view/view.ts'
import { useGo, useView } from '../view/view-store.ts'
import { keepPicture } from './asked-pictures.ts'
import styles from './picker.module.css'

/** Chooses what is explained: an example by its id or row, one by chance, or a picture of the user's. */
export function Picker({ columns }: { columns: ExampleColumns }) {
  const { info } = useExplainer()
  const { split, row } = useView()
  const go = useGo()
  const pick = (next: number): void => go({ ...OTHER, row: next })
  const wrong = placesOf(
    columns,
    at => columns.labels !== null && columns.labels[at] !== columns.predicted[at],
  )
  const step = (by: number): void => {
    const at = row === null ? -1 : columns.rows.indexOf(row)
    const next = columns.rows[Math.max(0, at + by)]
    if (next !== undefined) pick(next)
  }
  useShortcuts('Explain', [
    { id: 'explain.next', keys: ['j'], what: 'the next example', run: () => step(1) },
    { id: 'explain.previous', keys: ['k'], what: 'the one before', run: () => step(-1) },
    { id: 'explain.random', keys: ['r'], what: 'one by chance', run: () => pick(oneOf(columns.rows)) },
  ])
  return (
    <div className={styles.picker}>
      <Segments
        label="Split"
        value={split}
        options={[
          { value: 'test', text: 'Test', disabled: info.tests === 0 },
          { value: 'train', text: 'Training' },
        ]}
        onChange={value => go({ ...OTHER, split: value, row: null })}
      />
      <ExampleBox columns={columns} onPick={pick} />
      <Button onPress={() => pick(oneOf(columns.rows))}>
        <DiceIcon /> Random
      </Button>
      {info.task === 'classification' && wrong.length > 0 && (
        <Button onPress={() => pick(columns.rows[oneOf(wrong)])}>Random mistake</Button>
      )}
      <PictureChooser />
    </div>
  )
}

/** What no longer holds when another example is in hand. */
const OTHER: Partial<View> = { picture: null, within: null }

const oneOf = (values: readonly number[]): number => values[Math.floor(Math.random() * values.length)]

const placesOf = ({ rows }: ExampleColumns, holds: (at: number) => boolean): number[] =>
  rows.map((_, at) => at).filter(holds)

/** How many examples the list offers. */
const OFFERED = 20

/** An example by its id or row. */
function ExampleBox({ columns, onPick }: { columns: ExampleColumns; onPick: (row: number) => void }) {
  const words = useLabelWords()
  return (
    <Typeahead
      className={styles.typeahead}
      label={<span className="spoken">Example by id or row</span>}
      placeholder={`Id or row, of ${count(columns.of)} …`}
      offersOf={text =>
        offeredRows(columns, text).map(at => ({
          id: columns.rows[at],
          name: columns.ids[at],
          aside: words(columns.labels?.[at] ?? null, columns.predicted[at]),
        }))
      }
      none="No example has this id or row."
      onPick={onPick}
    />
  )
}

/** The row itself first, then ids that have the text. */
function offeredRows({ rows, ids }: ExampleColumns, text: string): number[] {
  const part = text.trim().toLowerCase()
  if (part === '') return rows.slice(0, OFFERED).map((_, at) => at)
  const found = new Set<number>()
  const exact = /^\d+$/.test(part) ? rows.indexOf(Number(part)) : -1
  if (exact >= 0) found.add(exact)
  for (let at = 0; at < ids.length && found.size < OFFERED; at++) {
    if (ids[at].toLowerCase().includes(part)) found.add(at)
  }
  return [...found]
}

/** A picture from the user's machine, where the network takes pictures. */
function PictureChooser() {
  const { info } = useExplainer()
  const source = useSource()
  const go = useGo()
  const input = useRef<HTMLInputElement>(null)
  if (!info.pictures.asked || source.kind === 'report') return null
  return (
    <>
      <Button onPress={() => input.current?.click()}>
        <PictureIcon /> Your picture
      </Button>
      <input
        ref={input}
        type="file"
        accept="image/*"
        className="spoken"
        tabIndex={-1}
        aria-label="Your picture"
        onChange={({ target }) => {
          const file = target.files?.[0]
          if (file) go({ picture: keepPicture(file).name, within: null })
          target.value = ''
        }}
      />
    </>
  )
}
