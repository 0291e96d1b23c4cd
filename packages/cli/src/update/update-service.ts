import { misuse } from '../cli-error.ts'
import { type Answers, parseAnswers } from '../template/answers.ts'
import { readManifest, type ServiceManifest } from '../template/manifest.ts'
import { checkoutFolder } from '../template/template-files.ts'
import { vendorPackages } from '../template/vendor-packages.ts'
import { applyUpdate, branchFor } from './apply-update.ts'
import { changedBy, isBehind, planUpdate, type UpdatePlan } from './plan-update.ts'
import {
  requireKept,
  requireNoneUnderWay,
  requireReady,
  requireRepository,
} from './preconditions.ts'
import type { Release } from './release.ts'
import { reportOf, type UpdateReport } from './report.ts'
import { repositoryAt } from './repository.ts'
import { readTree } from './service-tree.ts'
import { removeOtherTarballs, type Tarballs, vendoredFiles, vendorTarballs } from './tarballs.ts'
import { vendoredNames, withNames } from './vendored-names.ts'
import { isNewer } from './version-order.ts'

/** What is asked of an update. */
export interface UpdateRequest {
  /** Root of the service. */
  readonly folder: string
  /** The release, for the answers that the service was made with. */
  readonly release: (answers: Answers) => Promise<Release>
  /** Packages from files; then the service takes them from its folder `vendor`. */
  readonly tarballs?: Tarballs
  /** Whether the package manager may be run. */
  readonly install: boolean
}

/**
 * What an update would do; nothing is written, and git is not asked.
 * @throws CliError (exit code 2) when the service cannot be updated to this release
 */
export async function foretellUpdate(request: UpdateRequest): Promise<UpdatePlan> {
  const { folder, tarballs } = request
  const manifest = await readManifest(folder)
  const packages = tarballs === undefined ? manifest.answers.packages : 'vendor'
  const release = await request.release(parseAnswers({ ...manifest.answers, packages }))
  requireNotNewer(manifest, release)
  const tree = await readTree(folder, [...release.files.keys()])
  return planUpdate(
    tree,
    withNames(release, await vendoredNames(folder, release.version, tarballs)),
  )
}

/**
 * Brings a service to a release.
 * @throws CliError when it cannot be done, or was undone because it failed
 */
export async function updateService(request: UpdateRequest): Promise<UpdateReport> {
  const { folder } = request
  const git = repositoryAt(folder)
  await requireRepository(git)
  await requireNoneUnderWay(git)
  const plan = await foretellUpdate(request)
  if (!isBehind(plan)) return reportOf(plan)
  await requireReady(git, branchFor(plan.to))
  const vendor = await vendoring(request, plan)
  const replaced = vendor === undefined ? [] : await vendoredFiles(folder)
  await requireKept(git, [...changedBy(plan), ...replaced])
  return applyUpdate({ git, plan, install: request.install, ...(vendor && { vendor }) })
}

function requireNotNewer({ plinth }: ServiceManifest, { version }: Release): void {
  if (isNewer(plinth, version) === true)
    throw misuse(
      `This service follows Plinth ${plinth}, and this is the command line of ${version}; run a newer one: npx @plinth/cli@latest update.`,
    )
}

/** How the packages come into `vendor/`; undefined when a registry has them, or they are there already. */
async function vendoring(
  { folder, tarballs }: UpdateRequest,
  { to, release }: UpdatePlan,
): Promise<(() => Promise<void>) | undefined> {
  if (tarballs !== undefined && tarballs.version !== to)
    throw misuse(`The tarballs are of Plinth ${tarballs.version}, and this is ${to}.`)
  const names = await vendoredNames(folder, to, tarballs)
  if (tarballs !== undefined) return () => vendorTarballs(folder, tarballs, names)
  const there = await vendoredFiles(folder)
  const files = [...names.values()]
  if (release.answers.packages === 'registry') return undefined
  if (files.every((file) => there.includes(`vendor/${file}`))) return undefined
  if (checkoutFolder() === undefined)
    throw misuse(
      `This service takes Plinth from tarballs in vendor/, and those of ${to} are not there; say where they are: plinth update --from <folder>.`,
    )
  return async () => {
    await vendorPackages(folder)
    await removeOtherTarballs(folder, files)
  }
}
