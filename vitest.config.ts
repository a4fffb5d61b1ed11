import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const sources = fileURLToPath(new URL('src/', import.meta.url))

/**
 * Threads and processes of their own run what was built last: they are started without Vitest, and Node.js 20
 * runs no TypeScript. The screens are those that were built last too.
 */
const builtPrograms = {
  name: 'built-programs',
  transform(code: string, id: string) {
    if (!id.startsWith(sources)) return null
    const folder = new URL('dist/', import.meta.url)
    return code.replace(
      /new URL\((['"])(\.\/[\w-]+\.node\.js|\.\.\/web(?:-report)?\/)\1, import\.meta\.url\)/g,
      (_, quote, path) => `new URL(${quote}${new URL(`${layerOf(id)}/${path}`, folder)}${quote})`,
    )
  },
}

const layerOf = (id: string): string => id.slice(sources.length).split('/').slice(0, -1).join('/')

export default defineConfig({
  plugins: [builtPrograms],
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Instead of the linter's rule, which takes the verb `fit` for Jasmine's focused test.
    allowOnly: false,
  },
})
