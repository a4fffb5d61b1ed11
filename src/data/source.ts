/** Where examples came from, to show them again. Paths are absolute. */
export type Source =
  | { readonly kind: 'array'; readonly path: string; readonly shape: number[] }
  /** Each example names its file below `path`. */
  | { readonly kind: 'folder'; readonly path: string }
