import { useCallback, useMemo, useRef, useState } from 'react'
import { count } from '../../../src/views/numbers.ts'
import { Button } from '../components/button.tsx'
import { Choice } from '../components/choice.tsx'
import { FilterBar } from '../components/filter-bar.tsx'
import { Segments } from '../components/segments.tsx'
import { ViewLink } from '../components/view-link.tsx'
import { NO_ROWS } from '../view/view.ts'
import { selectionAsFilter, useGo, useView } from '../view/view-store.ts'
import type { ColourBy } from './colouring.ts'
import { HoverCard } from './hover-card.tsx'
import { InHand } from './in-hand.tsx'
import { Legend } from './legend.tsx'
import { listedInView } from './listed-in-view.ts'
import styles from './map.module.css'
import { MapCanvas, type MapControl } from './map-canvas.tsx'
import { withMapChoices } from './map-choices.ts'
import { MapToolbar } from './map-toolbar.tsx'
import { MOST_LISTED, PointList } from './point-list.tsx'
import { type Points, splitOf } from './points.ts'
import { afterShape, type SelectMode } from './selecting.ts'
import { selectionOf } from './shown-points.ts'
import type { Tool } from './use-gestures.ts'
import { type MapColumns, useMapScene } from './use-map-scene.ts'
import { useSize } from './use-size.ts'
import { type Viewport, visibleBox, wholeView } from './viewport.ts'

const BY_NAMES: { readonly [B in ColourBy]: string } = {
  label: 'label',
  predicted: 'prediction',
  correctness: 'correctness',
  suspicion: 'suspicion',
}

interface MapViewProps {
  readonly points: Points
  /** How many examples there are */
  readonly of: number
  readonly columns: MapColumns
}

/** The map with what stands beside it: tools, legend, the example in hand, and the list of what is in view. */
export function MapView({ points, of, columns }: MapViewProps) {
  const view = useView()
  const go = useGo()
  const [tool, setTool] = useState<Tool>('pan')
  const [listing, setListing] = useState<'view' | 'selected'>('view')
  const control = useRef<MapControl>(null)
  const frame = useRef<HTMLDivElement>(null)
  const size = useSize(frame)
  const map = useMapScene(points, columns, view, of)
  const { index, inHand, selected, choices } = map
  // Where the map came to rest last; null for all of it, whatever its size becomes.
  const [rested, setRested] = useState(choices.at)
  const elsewhere = view.selection.train.length + view.selection.test.length - selected.size

  const choose = useCallback(
    (change: Parameters<typeof withMapChoices>[1]) =>
      go({ choices: withMapChoices(view.choices, change) }, 'replace'),
    [go, view.choices],
  )
  const select = (chosen: ReadonlySet<number>): void =>
    go({ selection: selectionOf(points, view.selection, chosen) })
  const open = (point: number): void => go({ split: splitOf(points, point), row: points.row[point] })
  const onClick = (point: number | null, mode: SelectMode): void => {
    if (point === null) return
    if (mode === 'replace') open(point)
    else select(afterShape(selected, [point], mode))
  }
  const onRest = (at: Viewport | null): void => {
    setRested(at)
    choose({ at })
  }

  const inView = useMemo(() => {
    const box = size ? visibleBox(rested ?? wholeView(index.box, size), size) : index.box
    return listedInView(index, map.scene.isShown, box, MOST_LISTED)
  }, [index, map.scene.isShown, rested, size])
  const listed = listing === 'view' ? inView.listed : [...selected].slice(0, MOST_LISTED)
  return (
    <div className={styles.screen}>
      <header className={styles.head}>
        <h1>Map</h1>
        <Choice
          label="Colour by"
          value={map.by}
          options={map.offered.map(by => ({ value: by, text: BY_NAMES[by] }))}
          onChange={value => choose({ by: value as ColourBy })}
        />
        <FilterBar />
        <p className={`soft ${styles.howMany}`}>{sampledWords(points.count, of)}</p>
      </header>
      <div className={styles.stage}>
        <MapToolbar
          tool={tool}
          onTool={setTool}
          onZoom={factor => control.current?.zoom(factor)}
          onReset={() => control.current?.reset()}
        />
        <div ref={frame} className={styles.frame}>
          {size && (
            <MapCanvas
              size={size}
              scene={map.scene}
              colours={map.colours}
              names={map.names}
              index={index}
              tool={tool}
              first={choices.at}
              label={`Map of ${count(points.count)} examples, coloured by ${BY_NAMES[map.by]}`}
              control={control}
              onClick={onClick}
              onShape={(hit, mode) => select(afterShape(selected, hit, mode))}
              onRest={onRest}
              hoverCard={point => <HoverCard points={points} point={point} />}
            />
          )}
        </div>
        <p className={styles.help}>
          Drag with the lasso or the rectangle to select; <kbd>Shift</kbd> adds, <kbd>Alt</kbd> or{' '}
          <kbd>Ctrl</kbd> takes away, <kbd>Esc</kbd> clears.
        </p>
      </div>
      <aside className={styles.side}>
        {selected.size + elsewhere > 0 && (
          <div className={styles.selected} role="status">
            <b>
              {count(selected.size)} selected
              {elsewhere > 0 && `, and ${count(elsewhere)} not on the map`}
            </b>
            <Button onPress={() => go(selectionAsFilter(view))}>Show only these</Button>
            <ViewLink
              to={{
                screen: 'examples',
                tab: 'selected',
                split: view.selection.test.length > 0 ? 'test' : 'train',
              }}
            >
              As pictures
            </ViewLink>
            <Button look="quiet" onPress={() => go({ selection: NO_ROWS })}>
              Clear
            </Button>
          </div>
        )}
        {inHand >= 0 && (
          <InHand
            points={points}
            point={inHand}
            answer={map.answer}
            drawn={map.drawn}
            neighbours={map.scene.neighbours}
            onNeighbours={near => choose({ near })}
            onSelect={chosen => select(new Set([...selected, ...chosen]))}
            onOpen={open}
            onClose={() => go({ row: null })}
          />
        )}
        {view.row !== null && inHand < 0 && (
          <p className="soft">
            {view.split}/{view.row} is not among the examples on the map.
          </p>
        )}
        <Legend
          by={map.by}
          categories={map.categories}
          filters={view.filters}
          hasTest={points.isTest.at(-1) === 1}
          onFilter={filters => go({ filters, tab: 'filtered' })}
        />
        <section className={styles.listing} aria-label="Examples in words">
          <Segments
            label="Which examples are listed"
            value={listing}
            options={[
              { value: 'view', text: `In view ${count(inView.of)}` },
              { value: 'selected', text: `Selected ${count(selected.size)}` },
            ]}
            onChange={setListing}
          />
          <PointList
            points={points}
            listed={listed}
            of={listing === 'view' ? inView.of : selected.size}
            selected={selected}
            onSelect={select}
            onOpen={open}
            label={listing === 'view' ? 'Examples in view' : 'Selected examples'}
          />
        </section>
      </aside>
    </div>
  )
}

/** How many of the examples the map has. */
const sampledWords = (shown: number, of: number): string =>
  shown < of
    ? `A sample: ${count(shown)} of ${count(of)} examples, of each class its share`
    : `All ${count(of)} examples`
