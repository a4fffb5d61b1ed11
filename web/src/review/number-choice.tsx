import { type FormEvent, type RefObject, useState } from 'react'
import type { SuspectsPage } from '../../../src/server/wire.ts'
import { significant } from '../../../src/views/numbers.ts'
import { Button } from '../components/button.tsx'
import { useHotkey } from './hotkey.ts'
import styles from './review.module.css'

interface NumberChoiceProps {
  readonly suspect: SuspectsPage['suspects'][number]
  readonly onLabel: (label: number) => void
  readonly classBox: RefObject<HTMLInputElement | null>
}

/** Where a label is a number: what it should be. */
export function NumberChoice({ suspect, onLabel, classBox }: NumberChoiceProps) {
  const hotkey = useHotkey('other-class')
  const [text, setText] = useState('')
  const value = Number(text)
  const isNumber = text.trim() !== '' && Number.isFinite(value)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!isNumber) return
    classBox.current?.blur()
    setText('')
    onLabel(value)
  }
  return (
    <form className={styles.classBox} onSubmit={submit}>
      <label htmlFor="other-number" className="soft">
        Other value
        {hotkey && (
          <span aria-hidden="true">
            <kbd>{hotkey}</kbd>
          </span>
        )}
      </label>
      <input
        id="other-number"
        ref={classBox}
        inputMode="decimal"
        placeholder={significant(suspect.suggested, 5)}
        value={text}
        onChange={event => setText(event.target.value)}
        onKeyDown={event => event.key === 'Escape' && event.currentTarget.blur()}
      />
      <Button type="submit" isDisabled={!isNumber}>
        Give it
      </Button>
    </form>
  )
}
