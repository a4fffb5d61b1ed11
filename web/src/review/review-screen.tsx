import { Empty } from '../components/states.tsx'

/** Where the screen Review goes. */
export default function ReviewScreen() {
  return <Empty title="Review" />
}
