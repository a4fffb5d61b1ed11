import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { pageStyles } from './page-styles-plugin.ts'

const target = process.env.REPRESENTER_SERVER ?? 'http://127.0.0.1:7411'

/** The application that `representer serve` serves. In development its data comes from a server started beside it. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Screens are one level deep, so that relative addresses hold on each of them.
  base: './',
  plugins: [react(), pageStyles()],
  build: {
    outDir: fileURLToPath(new URL('../dist/web', import.meta.url)),
    emptyOutDir: true,
    // Data URIs would be pictures that no cache keeps.
    assetsInlineLimit: 0,
  },
  // The server answers only what comes to its own name, from pages of its own.
  server: { proxy: { '/api': { target, changeOrigin: true, headers: { origin: target } } } },
})
