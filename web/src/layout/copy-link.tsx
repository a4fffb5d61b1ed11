import { useState } from 'react'
import { Button } from '../components/button.tsx'
import { LinkIcon } from '../components/icons.tsx'
import { tell } from './toasts.tsx'

/** Copies the address of what is seen. */
export function CopyLink() {
  const [copied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(window.location.href)
      setCopied(true)
      window.setTimeout(() => setCopied(false), 2000)
    } catch {
      tell('the browser does not let the link be copied, copy it from the address bar')
    }
  }
  return (
    <Button look="quiet" aria-label="Copy link to this view" onPress={() => void copy()}>
      <LinkIcon />
      <span aria-live="polite">{copied ? 'Copied' : 'Copy link'}</span>
    </Button>
  )
}
