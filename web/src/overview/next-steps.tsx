import { ViewLink } from '../components/view-link.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import { NO_FILTERS, type View } from '../view/view.ts'
import styles from './next-steps.module.css'

interface Step {
  readonly title: string
  readonly words: string
  readonly to: Partial<View>
}

/** What can be done with an explainer, each a way to its screen. */
export function NextSteps() {
  const { info } = useExplainer()
  const split = info.tests > 0 ? 'test' : 'train'
  const labelled = info.labelled[split] && info.task === 'classification'
  const steps: readonly Step[] = [
    {
      title: 'Explain a prediction',
      words: 'Which training examples speak for it, which against it, and how much.',
      to: { screen: 'explain', split },
    },
    ...(labelled
      ? [
          {
            title: 'Walk through mistakes',
            words: 'What is taken for what, and the training examples that stand behind it.',
            to: { screen: 'mistakes' as const, split } as const,
          },
        ]
      : []),
    ...(info.labelsFit
      ? [
          {
            title: 'Review labels',
            words: 'The training examples whose labels mislead, the worst first.',
            to: { screen: 'review' as const },
          },
        ]
      : []),
    {
      title: 'See the map',
      words: 'All examples in two dimensions, near where the network finds them alike.',
      to: { screen: 'map' },
    },
    {
      title: labelled ? 'Look at what is wrong' : 'Look at examples',
      words: labelled
        ? `The ${split === 'train' ? 'training' : 'test'} examples that are taken for another class.`
        : 'All of them as a gallery.',
      to: {
        screen: 'examples',
        split,
        tab: 'filtered',
        filters: labelled ? { ...NO_FILTERS, only: 'wrong' } : NO_FILTERS,
      },
    },
  ]
  return (
    <nav aria-label="Next steps">
      <ul className={styles.steps}>
        {steps.map(({ title, words, to }) => (
          <li key={title}>
            <ViewLink to={to} className={styles.step}>
              <strong>{title}</strong>
              <span>{words}</span>
            </ViewLink>
          </li>
        ))}
      </ul>
    </nav>
  )
}
