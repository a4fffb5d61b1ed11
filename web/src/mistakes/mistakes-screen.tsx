import { Empty } from '../components/states.tsx'

/** Where the screen Mistakes goes. */
export default function MistakesScreen() {
  return <Empty title="Mistakes" />
}
