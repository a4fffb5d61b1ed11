/**
 * Runs generators side by side, so many at a time: whatever they ask for next is answered together, and each goes its
 * own way. Answers what they return as they end, by their place in the order they came in.
 */
export async function* inStep<Request, Answer, Result>(
  tasks: Iterable<Generator<Request, Result, Answer>>,
  width: number,
  answer: (requests: readonly { readonly task: number; readonly request: Request }[]) => Promise<Answer[]>,
): AsyncGenerator<{ readonly task: number; readonly result: Result }> {
  const waiting = tasks[Symbol.iterator]()
  let running: { task: number; request: Request; generator: Generator<Request, Result, Answer> }[] = []
  for (let started = 0, isOver = false; ; ) {
    while (!isOver && running.length < width) {
      const { value: generator, done } = waiting.next()
      if (done) {
        isOver = true
        break
      }
      const task = started++
      const first = generator.next()
      if (first.done) yield { task, result: first.value }
      else running.push({ task, request: first.value, generator })
    }
    if (running.length === 0) return
    const answers = await answer(running)
    const going: typeof running = []
    for (const [k, { task, generator }] of running.entries()) {
      const next = generator.next(answers[k])
      if (next.done) yield { task, result: next.value }
      else going.push({ task, request: next.value, generator })
    }
    running = going
  }
}
