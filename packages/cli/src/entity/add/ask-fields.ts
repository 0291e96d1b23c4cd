import { confirm, isCancel, log, text } from '@clack/prompts'
import { isName } from 'plinth/data'
import { CliError } from '../../cli-error.ts'
import type { Field } from '../fields/field.ts'
import { parseField } from '../fields/parse-field.ts'
import { isPlainText } from '../fields/quote.ts'
import { capital } from '../naming/entity-name.ts'

const TYPES = 'str/int/float/bool/datetime'

/** Asks for the name of the entity. @throws CliError when the person stops */
export async function askName(): Promise<string> {
  return answered(await text({ message: 'Entity name:', placeholder: 'Product' })).trim()
}

/**
 * Asks for fields until a name is left empty: name, type, whether it is optional, description.
 * @throws CliError when the person stops
 */
export async function askFields(): Promise<readonly Field[]> {
  const fields: Field[] = []
  for (;;) {
    const field = await askField(fields.map(({ name }) => name))
    if (field === undefined) return fields
    fields.push(field)
  }
}

async function askField(taken: readonly string[]): Promise<Field | undefined> {
  const validate = (value: string | undefined) => nameFault(value ?? '', taken)
  const name = answered(
    await text({ message: 'Field name (empty ends):', defaultValue: '', validate }),
  )
  if (name === '') return undefined
  const field = await askType(name)
  const optional = answered(
    await confirm({ message: `Is '${name}' optional?`, initialValue: false }),
  )
  const title = capital(name.replaceAll('_', ' '))
  const description = answered(
    await text({
      message: `Description for '${name}' (${title}):`,
      placeholder: title,
      defaultValue: title,
      validate: (value = '') =>
        isPlainText(value) && value.length <= 200
          ? undefined
          : 'One line of at most 200 characters',
    }),
  ).trim()
  return { ...field, optional, description: description === title ? undefined : description }
}

/** Asks until the answer is a type. */
async function askType(name: string): Promise<Field> {
  for (;;) {
    const message = `Type for '${name}' [${TYPES}, or any other] (str):`
    const type = answered(await text({ message, placeholder: 'str', defaultValue: 'str' })).trim()
    try {
      return await parseField(`${name}:${type.replace(/\s+/g, '')}`)
    } catch (error) {
      if (!(error instanceof CliError)) throw error
      log.error(error.message)
    }
  }
}

function nameFault(name: string, taken: readonly string[]): string | undefined {
  if (name === '') return undefined
  if (!isName(name)) return 'Lower-case letters, digits and _, at most 40, beginning with a letter'
  return taken.includes(name) ? `There is a field ${name} already` : undefined
}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (!isCancel(answer)) return answer as Exclude<T, symbol>
  throw new CliError('Stopped; nothing was written.')
}
