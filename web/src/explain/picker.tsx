import { useRef, useState } from 'react'
import { ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from 'react-aria-components'
import type { ExampleColumns } from '../../../src/server/wire.ts'
import { count } from '../../../src/views/numbers.ts'
import { Button } from '../components/button.tsx'
import { DiceIcon, PictureIcon } from '../components/icons.tsx'
import { useLabelWords } from '../components/label-text.tsx'
import { Segments } from '../components/segments.tsx'
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
      <Typeahead columns={columns} onPick={pick} />
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

/** A box that is another one after each choice: empty, closed, and without the focus, so that keys go on from there. */
function Typeahead({ columns, onPick }: { columns: ExampleColumns; onPick: (row: number) => void }) {
  const [times, setTimes] = useState(0)
  const pick = (row: number): void => {
    onPick(row)
    setTimes(times + 1)
  }
  return <TypeaheadBox key={times} columns={columns} onPick={pick} />
}

function TypeaheadBox({ columns, onPick }: { columns: ExampleColumns; onPick: (row: number) => void }) {
  const words = useLabelWords()
  const [text, setText] = useState('')
  const offered = offeredRows(columns, text)
  return (
    <ComboBox
      className={styles.typeahead ?? ''}
      inputValue={text}
      onInputChange={setText}
      items={offered.map(at => ({ id: columns.rows[at], at }))}
      value={null}
      onChange={key => key !== null && onPick(Number(key))}
      defaultFilter={() => true}
      allowsEmptyCollection
    >
      <Label className="spoken">Example by id or row</Label>
      <Input
        placeholder={`Id or row, of ${count(columns.of)} …`}
        className={styles.input ?? ''}
        onKeyDownCapture={({ key, currentTarget }) => {
          // Without a choice from the list, the first of it is meant.
          const chosen = currentTarget.getAttribute('aria-activedescendant')
          if (key === 'Enter' && !chosen && text !== '' && offered.length > 0)
            onPick(columns.rows[offered[0]])
        }}
      />
      <Popover className={styles.popover ?? ''}>
        <ListBox renderEmptyState={() => <p className="soft">No example has this id or row.</p>}>
          {({ at }: { at: number }) => (
            <ListBoxItem id={columns.rows[at]} textValue={columns.ids[at]} className={styles.item ?? ''}>
              <span className="id">{columns.ids[at]}</span>
              <span className="soft">{words(columns.labels?.[at] ?? null, columns.predicted[at])}</span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
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
