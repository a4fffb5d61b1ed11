// Runs the tests in a browser, in the Chromium of this machine. Without one it says so: these tests are then left out,
// but in CI they fail.

import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const FURTHER = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

const browser = process.env.REPRESENTER_CHROMIUM ?? findBrowser()
if (browser === null) {
  process.stderr.write(`
The tests in a browser were LEFT OUT: no Chromium found. Install one (on Debian and Ubuntu: apt-get install chromium),
or name it in REPRESENTER_CHROMIUM, and run: npm run e2e

`)
  process.exit(process.env.CI ? 1 : 0)
}
execFileSync(browser, ['--version'], { stdio: 'ignore' })
const playwright = join(
  dirname(createRequire(import.meta.url).resolve('@playwright/test/package.json')),
  'cli.js',
)
const { status } = spawnSync(process.execPath, [playwright, 'test', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, REPRESENTER_CHROMIUM: browser },
})
process.exit(status ?? 1)

/** The first of these names on the PATH, else where systems without one keep it. */
function findBrowser() {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const candidates = [...folders.flatMap(folder => NAMES.map(name => join(folder, name))), ...FURTHER]
  return candidates.find(isProgram) ?? null
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
