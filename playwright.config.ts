import { defineConfig } from '@playwright/test'

/** What people do in a browser, on MNIST's digits, with the command as it was built last. `npm run e2e` runs it. */
export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '*.e2e.ts',
  globalSetup: './test/e2e/fit-digits.ts',
  outputDir: 'node_modules/.cache/e2e',
  // Pictures of the screens, which the documents show, are made anew where they have changed.
  snapshotPathTemplate: 'docs/screens/{arg}{ext}',
  updateSnapshots: 'changed',
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: process.env.CI ? 'line' : 'list',
  forbidOnly: process.env.CI !== undefined,
  use: {
    launchOptions: {
      executablePath: process.env.REPRESENTER_CHROMIUM ?? '/usr/bin/chromium',
      // Chromium has no sandbox for root, as whom containers run.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    },
    viewport: { width: 1280, height: 900 },
    trace: 'retain-on-failure',
  },
})
