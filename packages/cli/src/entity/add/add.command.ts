import { defineCommand } from 'citty'
import { misuse } from '../../cli-error.ts'
import { devFolder } from '../../dev/dev-folder.ts'
import { say } from '../../dev/terminal.ts'
import { withProgress } from '../../progress.ts'
import type { Said } from './make-plan.ts'

/** `plinth entity add`: writes an entity; no file that was there is touched but src/generated/. */
export const addCommand = defineCommand({
  meta: { description: 'Write an entity: its module, its test, the migration of its table' },
  args: {
    name: { type: 'positional', required: false, description: 'Singular noun: Product' },
    fields: {
      type: 'positional',
      required: false,
      valueHint: 'name:type …',
      description: 'Its fields; without them you are asked',
    },
    plural: { type: 'string', valueHint: 'people', description: 'Name of table and path' },
    owned: {
      type: 'string',
      valueHint: 'tenant|person|nobody',
      description:
        'Whose the rows are: of the tenant (default), of one person in it, or shared by all',
    },
    'soft-delete': { type: 'boolean', description: 'Deleted rows stay and can be restored' },
    split: { type: 'boolean', description: 'Entity, repository and routes in a module each' },
    from: {
      type: 'string',
      valueHint: 'file|-',
      description: 'Read the definition: JSON, or YAML by the name of the file',
    },
    migration: {
      type: 'boolean',
      default: true,
      description: 'Write the migration',
      negativeDescription: 'Write no migration',
    },
    'dry-run': { type: 'boolean', description: 'Only say what would be written' },
    json: { type: 'boolean', description: 'Print JSON' },
  },
  async run({ args }) {
    const { service } = devFolder()
    const [{ makePlan }, { addEntity }] = await Promise.all([
      import('./make-plan.ts'),
      import('./add-entity.ts'),
    ])
    const plan = makePlan(await said(args))
    const options = { service, migration: args.migration, dryRun: args['dry-run'] === true }
    const added = await withProgress(`Adding ${plan.name.pascal}`, addEntity(plan, options))
    if (args.json) say(JSON.stringify(added))
    else for (const line of linesOf(added, options)) say(line)
  },
})

interface Arguments {
  readonly _: readonly string[]
  readonly plural?: string | undefined
  readonly owned?: string | undefined
  readonly 'soft-delete'?: boolean | undefined
  readonly split?: boolean | undefined
  readonly from?: string | undefined
}

/** What the arguments say, the file says, or the person answers. */
async function said(args: Arguments): Promise<Said> {
  const [given, ...spelled] = args._
  const { plural, owned, from } = args
  const flags = { softDelete: args['soft-delete'] === true, split: args.split === true }
  if (from !== undefined) {
    if (spelled.length > 0) throw misuse('Give the fields as arguments or with --from, not both.')
    const { readDefinition } = await import('../fields/read-definition.ts')
    const read = await readDefinition(from)
    const name = given ?? read.name
    if (name === undefined)
      throw misuse(`${from} says no "name"; add it, or give it as an argument.`)
    const softDelete = flags.softDelete || read.softDelete
    return {
      ...read,
      ...flags,
      name,
      softDelete,
      plural: plural ?? read.plural,
      owned: owned ?? read.owned,
    }
  }
  if (spelled.length > 0 && given !== undefined) {
    const { parseField } = await import('../fields/parse-field.ts')
    const fields = []
    for (const text of spelled) fields.push(await parseField(text))
    return { ...flags, name: given, plural, owned, fields }
  }
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true)
    throw misuse(
      `Say the fields: plinth entity add ${given ?? 'Product'} name:string price:money (on a terminal you are asked).`,
    )
  const { askFields, askName } = await import('./ask-fields.ts')
  const { entityName } = await import('../naming/entity-name.ts')
  const name = given ?? (await askName())
  entityName(name)
  return { ...flags, name, plural, owned, fields: await askFields() }
}

type Result = Awaited<ReturnType<typeof import('./add-entity.ts')['addEntity']>>

function linesOf(added: Result, { dryRun }: { readonly dryRun: boolean }): readonly string[] {
  const verb = dryRun ? 'would write  ' : 'wrote  '
  const files = [...added.files.map(({ file }) => file), ...added.generated]
  const next = 'Next: `plinth db upgrade` (`plinth dev` does it by itself), then `npm test`.'
  const hasMigration = added.files.some(({ file }) => file.startsWith('migrations/'))
  return [
    ...files.map((file) => `${verb}${file}`),
    ...added.open,
    ...(dryRun || !hasMigration ? [] : [next]),
  ]
}
