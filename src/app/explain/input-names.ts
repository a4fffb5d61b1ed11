const ARRAYS = 'npy|npz|safetensors|parquet|csv|jsonl|ndjson'
/** With the name of the file as its first group. */
export const isArrayName = new RegExp(`^(.+\\.(?:${ARRAYS}))(#.*)?$`, 'i')
export const isFileName = (input: string): boolean =>
  /\.(png|jpe?g|webp|tiff?|gif|bmp)(#\d+)?$/i.test(input) || isArrayName.test(input)
