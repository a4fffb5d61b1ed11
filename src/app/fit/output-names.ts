import type { Labels } from '../../data/labels.ts'
import type { OutputNames } from '../../data/output-names.node.ts'
import { shortened } from '../../data/table-roles.ts'
import { UserError } from '../../user-error.ts'
import { readNames } from './read-names.node.ts'

/** Labels of a data set. */
type Named = Labels & { readonly name: string }

/**
 * The names of the c outputs, in their order: the user's, else the model's, else the classes of the data where
 * there are as many. Null where nothing names them; c is null where nothing but the labels tells it.
 */
export async function outputNames(
  { name, classes }: Named,
  c: number | null,
  classesFile: string | undefined,
  ofModel: OutputNames | null,
): Promise<readonly string[] | null> {
  if (classesFile !== undefined) return readNames(classesFile, c, 'class')
  if (ofModel) return ofModel.names
  if (classes === null || c === null || classes.length === c) return classes
  throw new UserError(
    'shape',
    `${name}: ${classes.length} classes, the model has ${c} outputs, name these in their order with --classes FILE`,
  )
}

/** Labels as indices of outputs, matched by the names of the classes. */
export function labelsByName(
  { name, labels, classes }: Named,
  names: readonly string[] | null,
): Int32Array | null {
  if (labels === null || classes === null || names === null) return labels
  const missing = classes.filter(found => !names.includes(found))
  if (missing.length > 0) {
    throw new UserError(
      'not-found',
      `${name}: ${missing.length === 1 ? 'class' : 'classes'} not found: ${shortened(missing)}, expected one of ` +
        `${shortened(names)}, or name the outputs in their order with --classes FILE`,
    )
  }
  const twice = classes.find(found => names.indexOf(found) !== names.lastIndexOf(found))
  if (twice !== undefined) {
    throw new UserError(
      'value',
      `${name}: class ${twice}: outputs ${names.indexOf(twice)} and ${names.lastIndexOf(twice)} are both called so, ` +
        'name the outputs in their order with --classes FILE',
    )
  }
  const indices = classes.map(found => names.indexOf(found))
  return labels.map(label => indices[label])
}
