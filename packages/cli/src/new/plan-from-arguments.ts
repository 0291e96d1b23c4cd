import { misuse } from '../cli-error.ts'
import { PACKAGE_MANAGERS, PARTS, TEMPLATE_TENANCY, TENANCIES } from '../template/answers.ts'
import { askName, askTenancy, askWithout } from './ask.ts'
import { type Plan, planService, surroundings } from './plan.ts'
import { type Target, targetFolder } from './target-folder.ts'

/** What was typed behind `plinth new`. */
export interface NewArguments {
  readonly name?: string | undefined
  readonly tenancy?: string | undefined
  readonly without?: string | undefined
  readonly packageManager?: string | undefined
  readonly install: boolean
  readonly git: boolean
  readonly yes?: boolean | undefined
  readonly dryRun?: boolean | undefined
  readonly json?: boolean | undefined
}

/**
 * Turns what was typed into a plan, and asks a person for the rest.
 * @throws CliError (exit code 2) for what does not fit, with the nearest that does
 */
export async function planFromArguments(args: NewArguments): Promise<Plan> {
  const given = {
    tenancy: await oneOf(TENANCIES, args.tenancy, '--tenancy'),
    without: await parts(args.without),
    packageManager: await oneOf(PACKAGE_MANAGERS, args.packageManager, '--package-manager'),
  }
  const asks =
    !args.yes && !args.json && !args.dryRun && process.stdin.isTTY && process.stdout.isTTY
  const target = await targetOf(args.name, asks)
  const around = surroundings(target)
  return planService(target, around, {
    ...args,
    tenancy: given.tenancy ?? (asks ? await askTenancy() : TEMPLATE_TENANCY),
    without: given.without ?? (asks ? await askWithout() : []),
    packageManager: given.packageManager,
  })
}

async function targetOf(name: string | undefined, asks: boolean): Promise<Target> {
  const from = process.cwd()
  if (name !== undefined) return targetFolder(name, from)
  if (asks) return targetFolder(await askName((given) => faultOf(given, from)), from)
  throw misuse('Say what the service is called: `plinth new my-service`.')
}

/** The sentence that a prompt shows below what was typed. */
function faultOf(given: string, from: string): string | undefined {
  try {
    targetFolder(given, from)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function parts(given: string | undefined) {
  if (given === undefined) return undefined
  const names = given.split(',').map((name) => name.trim())
  const found = await Promise.all(
    names.filter(Boolean).map((name) => oneOf(PARTS, name, '--without')),
  )
  return PARTS.filter((part) => found.includes(part))
}

async function oneOf<const T extends string>(
  allowed: readonly T[],
  given: string | undefined,
  option: string,
): Promise<T | undefined> {
  if (given === undefined) return undefined
  const found = allowed.find((each) => each === given)
  if (found !== undefined) return found
  const near = allowed.find((each) => each.startsWith(given.toLowerCase().slice(0, 3)))
  throw misuse(
    `${option} takes ${allowed.join(', ')}, not "${given}".${near === undefined ? '' : ` Did you mean ${near}?`}`,
  )
}
