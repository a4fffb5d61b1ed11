import type { ReactNode } from 'react'
import { type Key, ToggleButton, ToggleButtonGroup, Toolbar } from 'react-aria-components'
import { Button } from '../components/button.tsx'
import { LassoIcon, PanIcon, RectangleIcon, WholeIcon, ZoomInIcon, ZoomOutIcon } from './icons.tsx'
import styles from './map.module.css'
import type { Tool } from './use-gestures.ts'

const TOOLS: readonly { readonly tool: Tool; readonly name: string; readonly icon: ReactNode }[] = [
  { tool: 'pan', name: 'Pan', icon: <PanIcon /> },
  { tool: 'lasso', name: 'Lasso', icon: <LassoIcon /> },
  { tool: 'rectangle', name: 'Rectangle', icon: <RectangleIcon /> },
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
      <ToggleButtonGroup
        aria-label="What dragging does"
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[tool]}
        onSelectionChange={(keys: Set<Key>) => onTool([...keys][0] as Tool)}
        className={styles.tools}
      >
        {TOOLS.map(({ tool, name, icon }) => (
          <ToggleButton key={tool} id={tool} className={styles.tool}>
            {icon}
            {name}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
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
