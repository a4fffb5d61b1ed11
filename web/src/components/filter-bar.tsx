import { useExplainer } from '../source/explainer-context.tsx'
import { chipsOf } from '../view/filters.ts'
import { NO_FILTERS } from '../view/view.ts'
import { useGo, useView } from '../view/view-store.ts'
import { Button } from './button.tsx'
import styles from './filter-bar.module.css'
import { CloseIcon } from './icons.tsx'

/** The filters that hold on every screen, each of which can be removed. */
export function FilterBar() {
  const { filters } = useView()
  const { names } = useExplainer()
  const go = useGo()
  const chips = chipsOf(filters, names)
  if (chips.length === 0) return null
  return (
    <ul className={styles.chips} aria-label="Filters">
      {chips.map(({ key, text, without }) => (
        <li key={key}>
          <Button
            className={styles.chip}
            aria-label={`Remove the filter ${text}`}
            onPress={() => go({ filters: without })}
          >
            {text} <CloseIcon />
          </Button>
        </li>
      ))}
      {chips.length > 1 && (
        <li>
          <Button look="quiet" onPress={() => go({ filters: NO_FILTERS })}>
            Remove all
          </Button>
        </li>
      )}
    </ul>
  )
}
