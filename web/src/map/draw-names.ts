import type { ClassName } from './class-names.ts'
import type { Ink } from './draw.ts'
import type { Place } from './geometry.ts'

/** Writes names over their classes, each with a border of paper; one that would lie on another is left out. */
export function drawNames(
  context: CanvasRenderingContext2D,
  names: readonly ClassName[],
  toScreen: (place: Place) => Place,
  { ink, paper }: Ink,
): void {
  context.font = '600 13px system-ui, sans-serif'
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.lineJoin = 'round'
  const written: { x: number; y: number; width: number }[] = []
  for (const { name, ...place } of names) {
    const shown = name.length > 24 ? `${name.slice(0, 23)}…` : name
    const { x, y } = toScreen(place)
    const width = context.measureText(shown).width
    const isTaken = written.some(
      other => Math.abs(other.y - y) < 17 && Math.abs(other.x - x) < (other.width + width) / 2 + 4,
    )
    if (isTaken) continue
    written.push({ x, y, width })
    context.strokeStyle = paper
    context.lineWidth = 4
    context.strokeText(shown, x, y)
    context.fillStyle = ink
    context.fillText(shown, x, y)
  }
}
