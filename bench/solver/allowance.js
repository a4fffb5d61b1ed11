/** What a run may take, its preconditioner included, before it is said not to have converged. */
export const MOST = { evaluations: 300, seconds: 10 }

/** A run took all that it may. */
export class Spent extends Error {}

/**
 * A runtime that counts evaluations of the objective and products with its Hessian over n examples, and throws
 * `Spent` where they, or the time since it was made, are more than `MOST`. Those over a sample count as its share.
 */
export class CountedRuntime {
  #runtime
  #n
  #deadline
  #rows = 0

  /** @param {number} secondsBefore what was spent on the run already */
  constructor(runtime, n, secondsBefore = 0) {
    this.#runtime = runtime
    this.#n = n
    this.#deadline = performance.now() + 1000 * (MOST.seconds - secondsBefore)
  }

  get device() {
    return this.#runtime.device
  }

  /** So far, in passes over all examples */
  get evaluations() {
    return this.#rows / this.#n
  }

  async load(...model) {
    const session = await this.#runtime.load(...model)
    return {
      run: (inputs, outputs) => {
        if (this.evaluations >= MOST.evaluations || performance.now() > this.#deadline) throw new Spent()
        // What gradients and products of the Hessian are made of, and nothing else asks for.
        if (outputs.includes('transposed')) this.#rows += inputs.features.dims[0]
        return session.run(inputs, outputs)
      },
      release: () => session.release(),
    }
  }
}
