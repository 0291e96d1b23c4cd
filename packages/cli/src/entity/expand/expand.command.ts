import { defineCommand } from 'citty'
import { misuse } from '../../cli-error.ts'
import { devFolder } from '../../dev/dev-folder.ts'
import { say } from '../../dev/terminal.ts'
import { withProgress } from '../../progress.ts'
import { requiredValue } from '../required-name.ts'

/** `plinth entity expand`: one operation of `crud()` as a route that is yours. */
export const expandCommand = defineCommand({
  meta: {
    description: 'Write one operation of an entity out by hand, as a route that is yours to change',
  },
  args: {
    entity: { type: 'positional', required: false, description: 'Name of the entity' },
    operation: {
      type: 'positional',
      required: false,
      valueHint: 'list|get|create|bulk|update|delete|restore',
      description: 'What to write out',
    },
    'dry-run': { type: 'boolean', description: 'Print the module and write nothing' },
    json: { type: 'boolean', description: 'Print JSON' },
  },
  async run({ args }) {
    const { service } = devFolder()
    const example = 'plinth entity expand Product list'
    const entity = requiredValue(args.entity, example)
    const said = requiredValue(args.operation, example)
    const [{ OPERATIONS }, { expandOperation }] = await Promise.all([
      import('./operations.ts'),
      import('./expand-operation.ts'),
    ])
    const operation = OPERATIONS.find((one) => one === said)
    if (operation === undefined)
      throw misuse(`"${said}" is no operation; say one of ${OPERATIONS.join(', ')}.`)
    const dryRun = args['dry-run'] === true
    const work = expandOperation({ service, entity, operation, dryRun })
    const expanded = await withProgress('Reading the entities', work)
    if (args.json) return say(JSON.stringify(expanded))
    report(expanded, dryRun)
  },
})

type Result = Awaited<ReturnType<typeof import('./expand-operation.ts')['expandOperation']>>

function report({ file, text, servedIn, edited, byHand }: Result, dryRun: boolean): void {
  say(`${dryRun ? 'would write' : 'wrote'}  ${file}`)
  if (dryRun) say(text)
  if (edited) say(`${dryRun ? 'would change' : 'changed'}  ${servedIn}`)
  else say(`${servedIn} is in a shape that this command does not edit. Write there:`)
  for (const line of byHand) say(`  ${line}`)
  if (!dryRun) say('Next: `npm test`, and `plinth sync` for openapi.json.')
}
