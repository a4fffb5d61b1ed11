import { readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { UserError } from '../user-error.ts'
import { moveReview } from './beside.node.ts'
import { removeExplainer } from './destination.node.ts'
import { JOURNAL_FILE } from './journal-files.node.ts'
import { MANIFEST } from './manifest.ts'
import { translated } from './system-error.ts'
import { type FolderOwner, takeFolder } from './taken-folder.node.ts'

const FIT: FolderOwner = { name: 'fit', files: [JOURNAL_FILE], folders: ['explainer', 'before'] }

/**
 * The hidden folder beside a destination in which its explainer is made, `.NAME.partial`. A destination has
 * one, so that whoever writes there next finds what a killed run left:
 *
 *     lock.…       which process works here (lock.node.ts)
 *     train.…      what was extracted, and test.… (journal.node.ts)
 *     explainer/   the new explainer, until it is whole; at the end with the decisions of people about the one before
 *     before/      the explainer that it replaces, from the one rename to the other
 */
export class WorkFolder {
  readonly path: string
  readonly #release: () => Promise<void>

  private constructor(path: string, release: () => Promise<void>) {
    this.path = path
    this.#release = release
  }

  /** Where the new explainer is made. */
  get staging(): string {
    return join(this.path, 'explainer')
  }

  /** Where the explainer before is moved. */
  get before(): string {
    return join(this.path, 'before')
  }

  /**
   * Takes the folder for this process, puts back an explainer that a killed run was about to replace, and
   * removes what it had half written. Errors: UserError `exists` where another process works there, or files
   * are in it that are none of ours; `io`.
   *
   * @param name what messages call the destination
   */
  static open(name: string, destination: string): Promise<WorkFolder> {
    const path = join(dirname(destination), `.${basename(destination)}.partial`)
    return translated(name, async () => {
      const folder = new WorkFolder(path, await takeFolder(path, name, FIT))
      try {
        await folder.#recover(destination)
      } catch (error) {
        await folder.close({ keep: true })
        throw error
      }
      return folder
    })
  }

  /**
   * Gives the folder back, and removes it; but with `keep` what was extracted stays.
   *
   * @returns whether anything stays
   */
  async close({ keep }: { keep: boolean }): Promise<boolean> {
    await this.#removeStaging()
    const extracted = (await readdir(this.path)).filter(file => JOURNAL_FILE.test(file))
    const stays = keep && (await this.#holdsRows(extracted))
    // What vouches for rows goes before them.
    extracted.sort((a, b) => Number(b.endsWith('.journal')) - Number(a.endsWith('.journal')))
    if (!stays) for (const file of extracted) await rm(join(this.path, file), { force: true })
    await this.#release()
    // Another process may have come, and something of an explainer before may have to stay.
    await rmdir(this.path).catch(() => undefined)
    return stays
  }

  async #holdsRows(files: readonly string[]): Promise<boolean> {
    for (const file of files) {
      if (file.endsWith('.journal') && (await stat(join(this.path, file))).size > 0) return true
    }
    return false
  }

  /** Decisions that were on their way to the new explainer go back to the one that they were made about. */
  async #removeStaging(): Promise<void> {
    await moveReview(this.staging, this.before)
    await rm(this.staging, { recursive: true, force: true })
  }

  async #recover(destination: string): Promise<void> {
    await this.#removeStaging()
    if (!(await entriesOf(this.path)).includes('before')) return
    if (!(await entriesOf(destination)).includes(MANIFEST)) return rename(this.before, destination)
    await removeExplainer(this.before).catch(cause => {
      const message = `${this.before}: files in it were not written by fit, move them away`
      throw new UserError('exists', message, { cause })
    })
  }
}

async function entriesOf(path: string): Promise<string[]> {
  return readdir(path).catch(() => [])
}
