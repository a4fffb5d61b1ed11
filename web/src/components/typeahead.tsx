import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useId, useRef, useState } from 'react'
import { count } from '../../../src/views/numbers.ts'
import styles from './typeahead.module.css'

/** One thing that a typed text may mean. */
export interface Offer {
  readonly id: number
  readonly name: string
  /** What is known of it, beside the name */
  readonly aside?: ReactNode
}

interface TypeaheadProps {
  readonly label: ReactNode
  readonly placeholder: string
  /** What a text may mean, the likeliest first; the empty one too */
  readonly offersOf: (text: string) => readonly Offer[]
  /** What is said where it means nothing */
  readonly none: string
  readonly onPick: (id: number) => void
  /** Lists what it offers as soon as it has the focus */
  readonly opensOnFocus?: boolean
  readonly inputRef?: RefObject<HTMLInputElement | null>
  readonly className?: string | undefined
}

/**
 * A box that offers what the typed text may mean: the editable combobox with a list of the ARIA Authoring Practices.
 * The list stands in the page beside the box, so that nothing behind it has to be hidden from anybody. After a choice
 * the box is empty and without the focus, so that keys go on from there.
 */
export function Typeahead({
  label,
  placeholder,
  offersOf,
  none,
  onPick,
  opensOnFocus = false,
  inputRef,
  className = '',
}: TypeaheadProps) {
  const id = useId()
  const own = useRef<HTMLInputElement>(null)
  const input = inputRef ?? own
  const [text, setText] = useState('')
  const [isOpen, setOpen] = useState(false)
  /** The offer that arrows went to */
  const [active, setActive] = useState<number | null>(null)
  const offers = isOpen ? offersOf(text) : []
  const idOf = (at: number): string => `${id}-${at}`

  const change = (next: string, open: boolean): void => {
    setText(next)
    setOpen(open)
    setActive(null)
  }
  const pick = (offer: Offer | undefined): void => {
    if (offer === undefined) return
    input.current?.blur()
    onPick(offer.id)
  }
  const step = (by: 1 | -1): void => {
    const before = active ?? (by > 0 ? -1 : offers.length)
    if (!isOpen) setOpen(true)
    else if (offers.length > 0) setActive((before + by + offers.length) % offers.length)
  }
  const press = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'ArrowDown') step(1)
    else if (event.key === 'ArrowUp') step(-1)
    else if (event.key === 'Escape') {
      // A box that opens with the focus is left with its list.
      if (isOpen && !opensOnFocus) change(text, false)
      else input.current?.blur()
    }
    // Without a choice from the list, the likeliest is meant.
    else if (event.key === 'Enter')
      pick(active === null && text.trim() === '' ? undefined : offers[active ?? 0])
    else return
    event.preventDefault()
  }
  return (
    <div className={`${styles.typeahead} ${className}`}>
      <label htmlFor={id} id={`${id}-label`}>
        {label}
      </label>
      <div className={styles.box}>
        <input
          ref={input}
          id={id}
          className={styles.input}
          role="combobox"
          aria-expanded={offers.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={active === null ? undefined : idOf(active)}
          autoComplete="off"
          spellCheck={false}
          placeholder={placeholder}
          value={text}
          onChange={event => change(event.target.value, true)}
          onFocus={() => opensOnFocus && setOpen(true)}
          onBlur={() => change('', false)}
          onKeyDown={press}
        />
        {/* There before there is anything to say, or nobody hears it. */}
        <p role="status" className={isOpen && offers.length === 0 ? styles.none : 'spoken'}>
          {isOpen && (offers.length > 0 ? `${count(offers.length)} offered` : none)}
        </p>
        {offers.length > 0 && (
          <Offers id={id} idOf={idOf} offers={offers} active={active} onActive={setActive} onPick={pick} />
        )}
      </div>
    </div>
  )
}

interface OffersProps {
  readonly id: string
  readonly idOf: (at: number) => string
  readonly offers: readonly Offer[]
  readonly active: number | null
  readonly onActive: (at: number) => void
  readonly onPick: (offer: Offer) => void
}

/** The list, which never has the focus itself. */
function Offers({ id, idOf, offers, active, onActive, onPick }: OffersProps) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // Browsers answer a promise, which is nothing to tidy up with.
    void list.current?.scrollIntoView({ block: 'nearest' })
  }, [])
  useEffect(() => {
    if (active !== null)
      list.current?.querySelectorAll('[role="option"]')[active]?.scrollIntoView({ block: 'nearest' })
  }, [active])
  return (
    <div role="listbox" id={`${id}-list`} aria-labelledby={`${id}-label`} className={styles.list} ref={list}>
      {offers.map((offer, at) => (
        <button
          key={offer.id}
          type="button"
          id={idOf(at)}
          role="option"
          tabIndex={-1}
          aria-selected={at === active}
          className={styles.offer}
          onPointerMove={() => onActive(at)}
          // The focus stays where it is until there is a choice.
          onMouseDown={event => event.preventDefault()}
          onClick={() => onPick(offer)}
        >
          <span className="id">{offer.name}</span>
          <span className="soft">{offer.aside}</span>
        </button>
      ))}
    </div>
  )
}
