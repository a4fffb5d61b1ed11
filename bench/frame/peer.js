import { spawn, spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** Where Python may be, and what of it the peers need. */
const PYTHONS = [process.env.REPRESENTER_PYTHON, '/usr/bin/python3', 'python3'].filter(Boolean)
const MODULES = { torch: 'PyTorch', sklearn: 'scikit-learn' }

const ASK = `
import importlib, json
found = {}
for name in ${JSON.stringify(Object.keys(MODULES))}:
    try:
        found[name] = importlib.import_module(name).__version__
    except Exception:
        pass
print(json.dumps(found))
`

/**
 * Which Python has which of the modules that the peers need; those that none has are left out.
 *
 * @returns {Record<string, { command: string, name: string }>} name: `PyTorch 1.13.0`
 */
export function findPeers() {
  const found = {}
  for (const command of PYTHONS) {
    const { status, stdout } = spawnSync(command, ['-c', ASK], { encoding: 'utf8' })
    if (status !== 0) continue
    for (const [module, version] of Object.entries(JSON.parse(stdout))) {
      found[module] ??= { command, name: `${MODULES[module]} ${version}` }
    }
  }
  return found
}

const cores = `${availableParallelism()}`
const environment = {
  ...process.env,
  OMP_NUM_THREADS: cores,
  OPENBLAS_NUM_THREADS: cores,
  MKL_NUM_THREADS: cores,
  PYTHONDONTWRITEBYTECODE: '1',
}

/** A script of bench/peers that is running, and measures when asked to. */
export class Peer {
  #child
  #lines
  #errors = ''
  #script
  #kill = () => this.#child.kill()

  /**
   * @param {Record<string, { command: string, name: string }>} peers of `findPeers`
   * @param {'torch' | 'sklearn'} module
   * @param {string} script in bench/peers
   * @param {readonly (string | number)[]} args
   * @returns {Peer | null} null where the module is not on this machine
   */
  static start(peers, module, script, args) {
    return peers[module] ? new Peer(peers[module], script, args) : null
  }

  /** @private */
  constructor({ command, name }, script, args) {
    this.name = name
    this.#script = script
    const path = fileURLToPath(new URL(`../peers/${script}`, import.meta.url))
    this.#child = spawn(command, [path, ...args.map(String)], { env: environment })
    this.#child.stderr.on('data', text => {
      this.#errors += text
    })
    process.once('exit', this.#kill)
    // A script that ended is noticed where its answer is missing.
    this.#child.stdin.on('error', () => {})
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]()
  }

  /** Its answer to one request. Throws where it ended instead of answering. */
  async measure(request = {}) {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`)
    const { value, done } = await this.#lines.next()
    if (!done) return JSON.parse(value)
    const reason = this.#errors.trim().split('\n').at(-1)
    throw new Error(`${this.#script} ended without an answer: ${reason}`)
  }

  async end() {
    const ended = new Promise(resolve => this.#child.on('close', resolve))
    this.#child.stdin.end()
    await ended
    process.removeListener('exit', this.#kill)
  }
}

/** Of a module that no Python here has, what stands in the table. */
export function absent(module) {
  return `${MODULES[module]} is not installed`
}
