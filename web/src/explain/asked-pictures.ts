import { create } from 'zustand'

/** A picture of the user's, which stays in this tab. */
export interface AskedPicture {
  readonly name: string
  readonly file: File
  /** Shows it */
  readonly url: string
}

/** The pictures that were dropped here, by name. */
export const useAskedPictures = create<{ readonly pictures: Readonly<Record<string, AskedPicture>> }>(() => ({
  pictures: {},
}))

/** Keeps a picture until the tab is closed; another of the same name takes its place. */
export function keepPicture(file: File): AskedPicture {
  const { pictures } = useAskedPictures.getState()
  const before = pictures[file.name]
  if (before) URL.revokeObjectURL(before.url)
  const picture = { name: file.name, file, url: URL.createObjectURL(file) }
  useAskedPictures.setState({ pictures: { ...pictures, [file.name]: picture } })
  return picture
}
