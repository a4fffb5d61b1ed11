import type { ZodMiniType } from 'zod/mini'
import en from 'zod/v4/locales/en.js'

/** A value that is as a schema says, or where and how it is not first. */
export type Checked<T> = { readonly data: T } | { readonly wrong: string }

export function checkSchema<T>(schema: ZodMiniType<T>, value: unknown): Checked<T> {
  const parsed = schema.safeParse(value, { error: en().localeError })
  if (parsed.success) return { data: parsed.data }
  const [issue] = parsed.error.issues
  return { wrong: `${issue.path.join('.') || 'the document'}: ${issue.message.toLowerCase()}` }
}
