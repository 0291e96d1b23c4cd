import { misuse } from '../cli-error.ts'

/** How the people of a service stand to its tenants. */
export const TENANCIES = ['none', 'personal', 'organisations'] as const
/** One of them. */
export type Tenancy = (typeof TENANCIES)[number]
/** What the template has, and a service for which nobody says otherwise. */
export const TEMPLATE_TENANCY: Tenancy = 'personal'

/** What a service can be made without; each is a set of files and marked lines of the template. */
export const PARTS = ['product', 'home', 'keycloak', 'github'] as const
/** One of them. */
export type Part = (typeof PARTS)[number]

/** Whose commands a service's documents and workflows spell. */
export const PACKAGE_MANAGERS = ['npm', 'pnpm', 'yarn', 'bun'] as const
/** One of them. */
export type PackageManager = (typeof PACKAGE_MANAGERS)[number]

/** Where the packages of Plinth come from: a registry, or tarballs in the service's folder `vendor`. */
export const SOURCES = ['registry', 'vendor'] as const
/** One of them. */
export type PackageSource = (typeof SOURCES)[number]

/** All that a service was asked when it was made; with the template it gives every file. */
export interface Answers {
  /** Name of the package, and of the folder unless that was moved. */
  readonly name: string
  readonly tenancy: Tenancy
  readonly without: readonly Part[]
  readonly packageManager: PackageManager
  readonly packages: PackageSource
}

/**
 * The answers that a file holds.
 * @throws CliError (exit code 2) naming what is not an answer
 */
export function parseAnswers(found: unknown): Answers {
  const field = (name: string): unknown =>
    typeof found === 'object' && found !== null ? Reflect.get(found, name) : undefined
  const name = field('name')
  const without = field('without')
  if (typeof name !== 'string') throw notAnAnswer('name', name)
  if (!Array.isArray(without)) throw notAnAnswer('without', without)
  return {
    name,
    tenancy: oneOf(TENANCIES, field('tenancy'), 'tenancy'),
    without: without.map((part: unknown) => oneOf(PARTS, part, 'without')),
    packageManager: oneOf(PACKAGE_MANAGERS, field('packageManager'), 'packageManager'),
    packages: oneOf(SOURCES, field('packages'), 'packages'),
  }
}

function oneOf<const T extends string>(allowed: readonly T[], value: unknown, name: string): T {
  const found = allowed.find((each) => each === value)
  if (found === undefined) throw notAnAnswer(name, value)
  return found
}

function notAnAnswer(name: string, value: unknown) {
  return misuse(
    `.plinth/manifest.json says answers.${name} is ${JSON.stringify(value) ?? 'nothing'}, which this version of Plinth does not know; restore the file from git.`,
  )
}
