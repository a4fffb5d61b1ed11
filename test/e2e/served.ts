import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test as base, expect } from '@playwright/test'
import { COMMAND } from './fit-digits.ts'

/** The command, serving an explainer of digits that a test may change. */
export class Served {
  /** Where it is started; the explainer is `digits` in there */
  readonly #folder: string
  #server: ChildProcess | null = null

  constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), 'representer-served-'))
    cpSync(process.env.REPRESENTER_E2E_DIGITS as string, join(this.#folder, 'digits'), { recursive: true })
  }

  /** Starts the server; answers the address that lets one browser in. */
  async start(directory = 'digits'): Promise<string> {
    this.#server = spawn(process.execPath, [COMMAND, 'serve', directory, '--port', 'auto', '--json'], {
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines = createInterface({ input: this.#server.stdout as NonNullable<ChildProcess['stdout']> })
    const [line] = await once(lines, 'line')
    return JSON.parse(line).url
  }

  /** Ends the server as Ctrl-C does. */
  async stop(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (server === null || server.exitCode !== null) return
    const ended = once(server, 'exit')
    server.kill('SIGINT')
    await ended
  }

  async remove(): Promise<void> {
    await this.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** A test with a server of its own, which the page has entered before the test begins; no browser complains of it. */
export const test = base.extend<{ served: Served; complaints: string[] }>({
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = []
      page.on('console', message => {
        if (message.type() === 'error') complaints.push(`${page.url()}: ${message.text()}`)
      })
      page.on('pageerror', error => complaints.push(`${page.url()}: ${error.message}`))
      await use(complaints)
      expect(complaints).toEqual([])
    },
    { auto: true },
  ],
  served: [
    async ({ page }, use) => {
      const served = new Served()
      try {
        await page.goto(await served.start())
        await use(served)
        // A page that is left open asks after a server that has gone, and complains.
        await page.goto('about:blank')
      } finally {
        await served.remove()
      }
    },
    { auto: true },
  ],
})

export { expect }
