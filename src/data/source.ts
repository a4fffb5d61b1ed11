/** Where examples came from, to show them again. Paths are absolute. */
export type Source =
  | { readonly kind: 'array'; readonly path: string; readonly shape: number[] }
  /** Of numbers in columns, whose names tell what is the same in another table. */
  | {
      readonly kind: 'table'
      readonly path: string
      readonly columns: string[]
      readonly label: string | null
      readonly id: string | null
    }
  /** Each example names its file below `path`. */
  | { readonly kind: 'folder'; readonly path: string }
  /** Each example names its file in `path`, and its row there: `train.parquet#12`. */
  | { readonly kind: 'parquet'; readonly path: string; readonly column: string }
  /** Each example names its archive in `path`, and its file there: `train-000.tar#0012.jpg`. */
  | { readonly kind: 'webdataset'; readonly path: string }
