import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Dialog, DialogTrigger, Heading, Popover } from 'react-aria-components'
import type { Decision } from '../../../src/server/wire.ts'
import { count } from '../../../src/views/numbers.ts'
import { Button } from '../components/button.tsx'
import { DownloadIcon } from '../components/icons.tsx'
import { EXPORTS, type ExportFormat } from '../source/source.ts'
import { useSource } from '../source/source-context.tsx'
import { useView } from '../view/view-store.ts'
import styles from './review.module.css'

const NAMES: { readonly [F in ExportFormat]: string } = { csv: 'CSV', jsonl: 'JSONL', parquet: 'Parquet' }

/** Takes the decisions away, with the lines that carry them out. */
export function Exports({ decisions }: { decisions: readonly Decision[] }) {
  const pending = decisions.filter(({ action }) => action === 'relabel' || action === 'exclude').length
  return (
    <span className={styles.exports}>
      <span className="soft" role="status">
        {count(pending)} correction{pending === 1 ? '' : 's'} pending
      </span>
      <DialogTrigger>
        <Button isDisabled={decisions.length === 0}>
          <DownloadIcon /> Export
        </Button>
        <Popover
          className={styles.popover}
          placement="bottom end"
          // Within the landmark that it belongs to, where readers of landmarks find it.
          UNSTABLE_portalContainer={document.querySelector('main') ?? document.body}
        >
          <Dialog className={styles.exportDialog}>
            <Heading slot="title">Export {count(decisions.length)} decisions</Heading>
            <ExportContent />
          </Dialog>
        </Popover>
      </DialogTrigger>
    </span>
  )
}

function ExportContent() {
  const source = useSource()
  const { selection } = useView()
  const pandas = useQuery({ queryKey: ['pandas'], queryFn: () => source.pandas() })
  const rows = selection.train
  return (
    <>
      <Downloads label="All decisions" />
      {rows.length > 0 && (
        <Downloads label={`The ${count(rows.length)} selected, decided or not`} rows={rows} />
      )}
      <p className="soft">
        Labels stand beside stable ids. Suspicion is high for the worst; label_score, as cleanlab has it, is
        low.
      </p>
      {pandas.data && <PandasLines lines={pandas.data} />}
    </>
  )
}

function Downloads({ label, rows }: { label: string; rows?: readonly number[] }) {
  const source = useSource()
  const offered = EXPORTS.flatMap(format => {
    const url = source.exportUrl(format, rows)
    return url === null ? [] : [{ format, url }]
  })
  return (
    <p className={styles.downloads}>
      <span>{label}</span>
      {offered.map(({ format, url }) => (
        <a
          key={format}
          href={url}
          download={`corrections.${format}`}
          aria-label={`${label} as ${NAMES[format]}`}
        >
          {NAMES[format]}
        </a>
      ))}
    </p>
  )
}

function PandasLines({ lines }: { lines: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(lines)
    setCopied(true)
  }
  return (
    <section className={styles.pandas}>
      <header>
        <h3>Apply them with pandas</h3>
        <Button look="quiet" onPress={() => void copy()}>
          {copied ? 'Copied' : 'Copy'}
        </Button>
      </header>
      <pre>{lines}</pre>
    </section>
  )
}
