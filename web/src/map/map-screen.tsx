import { Empty } from '../components/states.tsx'

/** Where the screen Map goes. */
export default function MapScreen() {
  return <Empty title="Map" />
}
