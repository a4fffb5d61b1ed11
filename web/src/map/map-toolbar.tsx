import type { ComponentProps } from 'react'
import { Toolbar } from 'react-aria-components'
import { Button } from '../components/button.tsx'
import { Segments } from '../components/segments.tsx'
import { LassoIcon, PanIcon, RectangleIcon, WholeIcon, ZoomInIcon, ZoomOutIcon } from './icons.tsx'
import styles from './map.module.css'
import type { Tool } from './use-gestures.ts'

const TOOLS: ComponentProps<typeof Segments<Tool>>['options'] = [
  { value: 'pan', text: 'Pan', icon: <PanIcon /> },
  { value: 'lasso', text: 'Lasso', icon: <LassoIcon /> },
  { value: 'rectangle', text: 'Rectangle', icon: <RectangleIcon /> },
]

interface MapToolbarProps {
  readonly tool: Tool
  readonly onTool: (tool: Tool) => void
  readonly onZoom: (factor: number) => void
  readonly onReset: () => void
}

/** What a hand on the map does, and how near one looks. */
export function MapToolbar({ tool, onTool, onZoom, onReset }: MapToolbarProps) {
  return (
    <Toolbar aria-label="Map tools" className={styles.toolbar}>
      <Segments label="What dragging does" value={tool} options={TOOLS} onChange={onTool} />
      <span className={styles.zooms}>
        <Button look="quiet" aria-label="Zoom in" onPress={() => onZoom(1.6)}>
          <ZoomInIcon />
        </Button>
        <Button look="quiet" aria-label="Zoom out" onPress={() => onZoom(1 / 1.6)}>
          <ZoomOutIcon />
        </Button>
        <Button look="quiet" aria-label="Show all of the map" onPress={onReset}>
          <WholeIcon />
        </Button>
      </span>
    </Toolbar>
  )
}
