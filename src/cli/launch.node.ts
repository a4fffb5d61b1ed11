import { spawn } from 'node:child_process'

/** What opens an address in the user's browser. */
const OPENERS: { readonly [platform: string]: readonly [string, ...string[]] } = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}

/** Opens an address in the user's browser; where there is none, the address that was printed remains. */
export function openBrowser(url: string): void {
  const [program, ...first] = OPENERS[process.platform] ?? ['xdg-open']
  const child = spawn(program, [...first, url], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
}

/** Calls back on each Enter, where somebody sits at a terminal. Answers what ends that. */
export function onEnter(pressed: () => void): () => void {
  if (!process.stdin.isTTY) return () => undefined
  const listener = (text: Buffer) => text.includes('\n') && pressed()
  process.stdin.on('data', listener)
  return () => {
    process.stdin.off('data', listener)
    process.stdin.pause()
  }
}
