import { defineCommand } from 'citty'
import { CliError } from '../cli-error.ts'

/** `plinth new`: a service in a folder of its own, installed, with a first commit. */
export const newCommand = defineCommand({
  meta: { description: 'Make a service: it installs, passes its tests and runs at once' },
  args: {
    name: {
      type: 'positional',
      required: false,
      description: 'Name or path of the service; "." is this folder',
    },
    tenancy: {
      type: 'string',
      valueHint: 'none|personal|organisations',
      description: 'Whose the data is (personal)',
    },
    without: {
      type: 'string',
      valueHint: 'product,home,keycloak,github',
      description: 'What to leave out',
    },
    'package-manager': {
      type: 'string',
      valueHint: 'npm|pnpm|yarn|bun',
      description: 'The one that runs this, or that the workspace around uses',
    },
    install: { type: 'boolean', default: true, negativeDescription: 'Install no packages' },
    git: {
      type: 'boolean',
      default: true,
      negativeDescription: 'Make no repository and no commit',
    },
    yes: { type: 'boolean', alias: 'y', description: 'Ask nothing' },
    'dry-run': { type: 'boolean', description: 'Only print what would be made' },
    json: { type: 'boolean', description: 'Print JSON, and ask nothing' },
  },
  async run({ args }) {
    const { planFromArguments } = await import('./plan-from-arguments.ts')
    const { madeText, nextSteps, planFacts, planText } = await import('./report.ts')
    const plan = await planFromArguments({
      ...args,
      packageManager: args['package-manager'],
      dryRun: args['dry-run'],
    })
    if (args['dry-run']) {
      process.stdout.write(
        args.json ? `${JSON.stringify(planFacts(plan), null, 2)}\n` : planText(plan),
      )
      return
    }
    const { makeService } = await import('./make-service.ts')
    const made = await makeService(plan)
    const { installed, commit } = made
    const from = process.cwd()
    const next = nextSteps(made, from)
    const facts = { ...planFacts(plan), installed: installed.code, commit: commit.code, next }
    process.stdout.write(args.json ? `${JSON.stringify(facts, null, 2)}\n` : madeText(made, from))
    if (installed.code === 'failed') throw new CliError(installed.note)
  },
})
