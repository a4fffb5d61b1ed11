import { readFileSync } from 'node:fs'

/** The most memory that this process had resident at once, in bytes. */
export function peakBytes() {
  // Where the system keeps it: what Node.js tells counts what the process was before it became this program.
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))
    return 1024 * Number(kibibytes)
  } catch {
    return 1024 * process.resourceUsage().maxRSS
  }
}
