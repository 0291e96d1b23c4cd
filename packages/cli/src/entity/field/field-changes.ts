import { isName } from 'plinth/data'
import { misuse } from '../../cli-error.ts'
import { suggestion } from '../../suggestion.ts'
import type { Field, FieldImport } from '../fields/field.ts'
import { shown } from '../naming/entity-name.ts'
import { fieldText } from '../text/entity-text.ts'
import {
  type ChangedField,
  changeField,
  declarationFile,
  type FieldChange,
} from './change-field.ts'
import { withField, withoutField, withRenamed } from './edit-declaration.ts'
import { withImports, withoutUnused } from './edit-imports.ts'

type Where = Pick<FieldChange, 'service' | 'entity' | 'migration' | 'dryRun'>
type Declared = Pick<FieldChange, 'service' | 'entity'>

/** Adds a field as the last one. @throws CliError as {@link changeField}, or when it is there */
export async function addField(where: Where, field: Field): Promise<ChangedField> {
  const { snake } = where.entity
  const byHand = `Add this line to the fields of ${snake}: ${fieldText(field, -1000)},`
  const { found } = await declarationFile({ ...where, byHand })
  if (found.fields.some(({ key }) => key === field.name))
    throw misuse(`${snake} has a field "${field.name}" already.`)
  const zod = field.schema.startsWith('z.') ? [{ from: 'zod', name: 'z' } as const] : []
  return changeField({
    ...where,
    byHand,
    message: `add ${field.name} to ${snake}`,
    edit: (text, declared) => {
      const changed = withField(text, declared, field)
      return changed && withImports(changed, [...field.imports, ...zod])
    },
  })
}

/** Calls a field otherwise. @throws CliError as {@link changeField}, or when the names do not fit */
export async function renameField(
  where: Where,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<ChangedField> {
  const { snake } = where.entity
  if (!isName(to))
    throw misuse(`${shown(to)} cannot name a field: lower-case letters, digits and _, at most 40.`)
  const byHand = `Rename "${from}" to "${to}" in the fields of ${snake}.`
  await fieldNamed(where, from, byHand)
  const { found } = await declarationFile({ ...where, byHand })
  if (found.fields.some(({ key }) => key === to))
    throw misuse(`${snake} has a field "${to}" already.`)
  return changeField({
    ...where,
    byHand,
    message: `rename ${snake} ${from} to ${to}`,
    renames: [`${snake}.${from}=${to}`],
    edit: (text, declared) => withRenamed(text, declared, { from, to }),
  })
}

/** @throws CliError (exit code 2) when there is no such field, or no other one */
export async function assertRemovable(where: Declared, name: string): Promise<void> {
  const { snake, pascal } = where.entity
  const count = await fieldNamed(where, name, removedByHand(name, snake))
  if (count === 1)
    throw misuse(
      `"${name}" is the only field of ${snake}; remove all of it: plinth entity rm ${pascal}`,
    )
}

function removedByHand(name: string, entity: string): string {
  return `Take "${name}" out of the fields and options of ${entity}.`
}

/** Removes a field. @throws CliError as {@link changeField} and {@link assertRemovable} */
export async function removeField(where: Where, name: string): Promise<ChangedField> {
  const { snake } = where.entity
  await assertRemovable(where, name)
  return changeField({
    ...where,
    byHand: removedByHand(name, snake),
    message: `drop ${name} of ${snake}`,
    allowDestructive: true,
    edit: (text, declared) => {
      const changed = withoutField(text, declared, name)
      return changed === undefined ? undefined : withoutUnused(changed, OURS)
    },
  })
}

const OURS: readonly FieldImport[] = [
  { from: 'plinth', name: 'money' },
  { from: 'plinth', name: 'ref' },
  ...['bigint', 'decimal', 'timestamp'].map((name) => ({ from: 'plinth/data', name }) as const),
]

/** How many fields there are. @throws CliError naming the nearest when there is none of that name */
async function fieldNamed(where: Declared, name: string, byHand: string): Promise<number> {
  const { found } = await declarationFile({ ...where, byHand })
  const names = found.fields.map(({ key }) => key)
  if (names.includes(name)) return names.length
  const near = await suggestion(name, names)
  const next = near === undefined ? `it has ${names.join(', ')}.` : `did you mean ${near}?`
  throw misuse(`${where.entity.snake} has no field ${shown(name)}; ${next}`)
}
