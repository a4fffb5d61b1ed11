import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Instead of the linter's rule, which takes the verb `fit` for Jasmine's focused test.
    allowOnly: false,
  },
})
