import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeFolder } from '../store/write-folder.node.ts'
import { UserError } from '../user-error.ts'
import { html } from '../views/html.ts'
import type { SplitName } from './explainer/stored-splits.ts'

/** The screens, where the build puts them beside the folder of the program. */
const SCREENS = fileURLToPath(new URL('../web-report/', import.meta.url))

/** What a report is made of; a folder with anything else in it is not replaced. */
const OWN = /^(index\.html|data\.js|report\.js|report\.css|pictures\/(train|test)\/\d+\.png)$/

/** Puts the files of a report into a folder that is being made. */
export interface ReportFolder {
  picture(split: SplitName, row: number, png: Uint8Array): Promise<void>
  data(json: string): Promise<void>
}

/**
 * Writes a report whole or not at all. Errors: UserError where something stands there that is no report, or one
 * without `force`; `io`.
 */
export function writeReportFiles(
  out: string,
  { title, force }: { readonly title: string; readonly force: boolean },
  fill: (folder: ReportFolder) => Promise<void>,
): Promise<void> {
  const kind = { verb: 'report', what: 'report', isOwn: (path: string) => OWN.test(path), force }
  return writeFolder(out, kind, async folder => {
    for (const file of ['report.js', 'report.css']) {
      await copyFile(join(SCREENS, file), join(folder, file)).catch(cause => {
        if (cause.code !== 'ENOENT') throw cause
        throw new UserError('not-found', `${file}: the screens are not built, run npm run build`, { cause })
      })
    }
    for (const split of ['train', 'test']) await mkdir(join(folder, 'pictures', split), { recursive: true })
    await writeFile(join(folder, 'index.html'), indexPage(title))
    await fill({
      picture: (split, row, png) => writeFile(join(folder, 'pictures', split, `${row}.png`), png),
      data: json => writeFile(join(folder, 'data.js'), `window.representerReport = ${json}\n`),
    })
  })
}

/** Classic scripts: a browser loads no modules, and asks for no data, from files on disk. */
const indexPage = (title: string): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="stylesheet" href="report.css">
</head>
<body>
<div id="app"></div>
<noscript>This report needs JavaScript, which runs in your browser alone and asks for nothing but the files beside it.</noscript>
<script src="data.js"></script>
<script src="report.js"></script>
</body>
</html>
`.toString()
