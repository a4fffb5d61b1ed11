/** Where examples stand in two dimensions, so that those which the network finds alike stand together. */
export interface ExampleMap {
  readonly schemaVersion: 1
  readonly method: 'umap'
  /** How many examples there are of both splits; more than are here where they were sampled */
  readonly of: number
  readonly train: MapPoints
  readonly test: MapPoints
}

/** Examples of one split, by increasing row. */
export interface MapPoints {
  readonly rows: readonly number[]
  readonly x: readonly number[]
  readonly y: readonly number[]
}
