import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { pageStyles } from './page-styles-plugin.ts'

/** The same screens as one classic script and one style sheet: a browser loads no modules from files on disk. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  publicDir: false,
  plugins: [react(), pageStyles()],
  define: { 'process.env.NODE_ENV': JSON.stringify('production') },
  build: {
    outDir: fileURLToPath(new URL('../dist/web-report', import.meta.url)),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    lib: {
      entry: fileURLToPath(new URL('src/report.tsx', import.meta.url)),
      formats: ['iife'],
      name: 'representerReportScreens',
      fileName: () => 'report.js',
      cssFileName: 'report',
    },
  },
})
