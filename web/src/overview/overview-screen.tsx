import type { ExplainerInfo } from '../../../src/server/wire.ts'
import { bound, count, percent, significant } from '../../../src/views/numbers.ts'
import { alphaChart, convergenceChart, fidelityChart } from '../../../src/views/overview-charts.ts'
import { Drawing } from '../components/drawing.tsx'
import { Stat, Stats } from '../components/stat.tsx'
import { Loaded } from '../components/states.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import { useOverview } from '../source/queries.ts'
import { NextSteps } from './next-steps.tsx'
import styles from './overview-screen.module.css'
import { Setting } from './setting.tsx'

/** What was fitted, how exact it is, and where to go from here. */
export function OverviewScreen() {
  const { info } = useExplainer()
  return (
    <div className={styles.screen}>
      <header className={styles.lead}>
        <h1>{info.name}</h1>
        <Certificate info={info} />
      </header>
      {info.warnings.length > 0 && (
        <section className={styles.warnings} aria-label="Warnings">
          <h2>Look at this first</h2>
          <ul>
            {info.warnings.map(warning => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </section>
      )}
      <Headline info={info} />
      <NextSteps />
      <Charts />
      <Setting info={info} />
    </div>
  )
}

const TARGETS: Readonly<Record<ExplainerInfo['targets'], string>> = {
  teacher: 'the given model’s outputs',
  labels: 'the labels',
  soft: 'soft labels',
}

const ENDS: Readonly<Record<ExplainerInfo['fit']['status'], string>> = {
  converged: 'converged',
  'precision-limited': 'went as far as the precision of its numbers allows',
  'max-iterations': 'did not converge: it stopped at its limit of iterations',
  'line-search-failed': 'did not converge: it stopped where no step went further down',
}

/** How exact the values are, and how that was reached. */
function Certificate({ info }: { info: ExplainerInfo }) {
  const { status, iterations, completenessGap } = info.fit
  return (
    <p>
      Values add up to the logit within <strong>{bound(completenessGap)}</strong> on every training example.
      The head was fitted to {TARGETS[info.targets]} and {ENDS[status]} after {count(iterations)}{' '}
      {iterations === 1 ? 'iteration' : 'iterations'}.
      {info.correctedFrom !== null && ` It was refitted with corrections from ${info.correctedFrom}.`}
    </p>
  )
}

/** The numbers that a person asks for first. */
function Headline({ info }: { info: ExplainerInfo }) {
  const { accuracy, fidelity } = info
  const given = accuracy.test ?? accuracy.train
  const fitted = accuracy.test === null ? accuracy.fittedTrain : accuracy.fittedTest
  const close = fidelity.test ?? fidelity.train
  const where = accuracy.test === null ? 'training' : 'test'
  return (
    <Stats>
      <Stat name="Values miss the logit by at most" large note="logits, the completeness gap">
        {bound(info.fit.completenessGap)}
      </Stat>
      {close?.pearson != null && (
        <Stat
          name="Fitted and given outputs correlate by"
          large
          note={
            close.argmaxAgreement === null
              ? `${fidelity.test ? 'test' : 'training'} examples`
              : `${percent(close.argmaxAgreement)} of ${fidelity.test ? 'test' : 'training'} examples decided alike`
          }
        >
          {significant(close.pearson, 4)}
        </Stat>
      )}
      {given !== null && (
        <Stat
          name={`Accuracy, ${where} examples`}
          large
          note={fitted === null || close === null ? undefined : `${percent(fitted, 2)} by the fitted head`}
        >
          {percent(given, 2)}
        </Stat>
      )}
      <Stat
        name="Training examples"
        large
        note={`${count(info.d)} features, ${count(info.c)} ${info.c === 1 ? 'output' : 'outputs'}`}
      >
        {count(info.n)}
      </Stat>
    </Stats>
  )
}

function Charts() {
  const { info } = useExplainer()
  const query = useOverview()
  const pearson = (info.fidelity.test ?? info.fidelity.train)?.pearson ?? null
  return (
    <Loaded query={query} what="The charts">
      {({ fidelity, convergence, alpha }) => (
        <div className={styles.charts}>
          {fidelity && <Drawing chart={fidelityChart({ ...fidelity, pearson })} />}
          {convergence.length > 1 && <Drawing chart={convergenceChart({ convergence, gap: info.gap })} />}
          {alpha.counts.length > 0 && <Drawing chart={alphaChart(alpha)} />}
        </div>
      )}
    </Loaded>
  )
}
