// Times, and what is told of them.

/** The middle of some numbers. */
export function median(values) {
  return quantile(values, 0.5)
}

/** The value below which a share of the numbers lies, between neighbours where it falls between them. */
export function quantile(values, share) {
  const sorted = Float64Array.from(values).sort()
  const at = share * (sorted.length - 1)
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]]
  return low + (high - low) * (at - Math.floor(at))
}

/** @returns {Promise<{ seconds: number, cpuSeconds: number, answer: unknown }>} */
export async function timed(work) {
  const cpu = process.cpuUsage()
  const start = performance.now()
  const answer = await work()
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return { seconds, cpuSeconds: (user + system) / 1e6, answer }
}

/** Threads of the one who was last wait for more work by turning in circles; longer than they do that. */
const REST_MS = 250

/**
 * Lets several take turns, so that what else the machine does hits all of them: each once a round.
 *
 * @param {number} rounds
 * @param {Record<string, () => unknown>} players
 * @returns {Promise<Record<string, any[]>>} each one's answers
 */
export async function inTurn(rounds, players) {
  const answers = Object.fromEntries(Object.keys(players).map(name => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, play] of Object.entries(players)) {
      await new Promise(resolve => setTimeout(resolve, REST_MS))
      answers[name].push(await play())
    }
  }
  return answers
}

/** The median over answers of one of their numbers. */
export function medianOf(answers, key) {
  return median(answers.map(answer => answer[key]))
}
