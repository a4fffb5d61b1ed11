import type { Manifest } from '../../store/manifest.ts'
import { UserError } from '../../user-error.ts'

/** The network's part of a manifest. Errors: UserError `not-found` where the explainer was made from arrays. */
export function expectNetwork({ network }: Manifest, directory: string): NonNullable<Manifest['network']> {
  if (network) return network
  throw new UserError(
    'not-found',
    `${directory}: no network in it, expected features, or run fit with --model to explain inputs`,
  )
}
