import { create } from 'zustand'
import { isFiltering } from './filters.ts'
import { NO_FILTERS, NO_ROWS, type Rows, type Split, type View } from './view.ts'
import { formatView, parseView } from './view-state.ts'

/** Where the address of a view stands: in the browser's history, or behind the # of a file. */
export interface Place {
  read(): string
  write(address: string, how: 'push' | 'replace'): void
  /** The browser went back or forward, or a person changed the address. */
  listen(changed: () => void): void
  /** What a link to an address says */
  href(address: string): string
}

/** A change of view that a person goes back from makes a step of history; typing and the like does not. */
type How = 'push' | 'replace'

interface ViewStore {
  readonly view: View
  readonly place: Place
  go(change: Partial<View>, how?: How): void
}

/** Addresses as a server has them: /explain?row=3#train=4 */
export function historyPlace(window: Window): Place {
  // All screens stand beside the page, wherever that is mounted.
  const mount = new URL('.', window.location.href).pathname.replace(/\/$/, '')
  return {
    read: () => window.location.pathname + window.location.search + window.location.hash,
    write: (address, how) => {
      if (how === 'push') window.history.pushState(null, '', mount + address)
      else window.history.replaceState(null, '', mount + address)
    },
    listen: changed => window.addEventListener('popstate', changed),
    href: address => mount + address,
  }
}

/** Addresses of a page from disk, all of it behind the #; the rows behind a second one. */
export function hashPlace(window: Window): Place {
  return {
    read: () => window.location.hash.slice(1) || '/',
    write: (address, how) => {
      if (how === 'push') window.history.pushState(null, '', `#${address}`)
      else window.history.replaceState(null, '', `#${address}`)
    },
    listen: changed => window.addEventListener('popstate', changed),
    href: address => `#${address}`,
  }
}

/** No address at all: before a page has one, and in tests. */
const nowhere: Place = { read: () => '/', write: () => {}, listen: () => {}, href: address => address }

/** What is shown. The address says it too: each change writes it, and going back reads it. */
export const useViewStore = create<ViewStore>((set, get) => ({
  view: parseView('/'),
  place: nowhere,
  go(change, how = 'push') {
    const { place, view } = get()
    const next = { ...view, ...change }
    const address = formatView(next)
    if (address !== formatView(view)) place.write(address, how)
    set({ view: next })
  },
}))

/** Takes the view from an address, now and whenever that changes. */
export function followAddress(place: Place): void {
  const read = (): void => useViewStore.setState({ view: parseView(place.read()) })
  useViewStore.setState({ place })
  read()
  place.listen(read)
}

export const useView = (): View => useViewStore(({ view }) => view)

/** Changes the view, and with it the address. */
export const useGo = (): ViewStore['go'] => useViewStore(({ go }) => go)

/** The selection with other rows of one split. */
export function withSelected(selection: Rows, split: Split, rows: Iterable<number>): Rows {
  const increasing = [...new Set(rows)].sort((a, b) => a - b)
  return increasing.length + selection[other(split)].length === 0
    ? NO_ROWS
    : { ...selection, [split]: increasing }
}

const other = (split: Split): Split => (split === 'train' ? 'test' : 'train')

/** Shows what is selected, and only that, until the chip is removed. */
export function selectionAsFilter({ selection, filters }: View): Partial<View> {
  return { filters: { ...filters, rows: selection }, selection: NO_ROWS, tab: 'filtered' }
}

/** What Esc unwinds next: the selection, then the filters; null where nothing is left. */
export function unwound({ selection, filters }: View): Partial<View> | null {
  if (selection.train.length + selection.test.length > 0) return { selection: NO_ROWS }
  return isFiltering(filters) ? { filters: NO_FILTERS } : null
}
