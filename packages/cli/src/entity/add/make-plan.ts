import { isName, pluralOf } from 'plinth/data'
import { misuse } from '../../cli-error.ts'
import type { Field } from '../fields/field.ts'
import { entityName, shown } from '../naming/entity-name.ts'
import { looksPlural } from '../naming/looks-plural.ts'
import { PLATFORM_PLURALS } from '../naming/reserved-words.ts'
import type { EntityPlan } from '../text/plan.ts'

/** What was said of an entity, from arguments, a file or answers. */
export interface Said {
  readonly name: string
  readonly plural: string | undefined
  readonly owned: string | undefined
  readonly softDelete: boolean
  readonly split: boolean
  readonly fields: readonly Field[]
}

const OWNERS = ['tenant', 'person', 'nobody'] as const

/**
 * Judges what was said.
 * @throws CliError (exit code 2) in one sentence
 */
export function makePlan(said: Said): EntityPlan {
  const name = entityName(said.name)
  const usual = pluralOf(name.snake)
  if (said.plural === undefined && looksPlural(name.snake))
    throw misuse(
      `${name.pascal} looks like a plural, and an entity is called by one of its kind, such as Product. If it is one, say so: --plural ${usual}.`,
    )
  const plural = said.plural ?? usual
  if (PLATFORM_PLURALS.has(plural))
    throw misuse(
      `/api/v1/${plural.replaceAll('_', '-')} is a path of the platform; choose another name, or say --plural with another.`,
    )
  if (!isName(plural))
    throw misuse(
      `--plural ${shown(plural)} must be lower-case letters, digits and _, at most 40: it names the table.`,
    )
  const owned = OWNERS.find((owner) => owner === (said.owned ?? 'tenant'))
  if (owned === undefined)
    throw misuse(`--owned takes tenant, person or nobody, not ${shown(said.owned ?? '')}.`)
  if (said.fields.length === 0)
    throw misuse(`An entity needs a field: plinth entity add ${name.pascal} name:string`)
  const names = said.fields.map((field) => field.name)
  const twin = names.find((field, at) => names.indexOf(field) !== at)
  if (twin !== undefined) throw misuse(`The field "${twin}" is named twice.`)
  return {
    name,
    plural,
    saysPlural: plural !== usual,
    fields: said.fields,
    owned,
    softDelete: said.softDelete,
    split: said.split,
  }
}
