import { misuse } from '../cli-error.ts'

/** A feature of the platform that a service may take over. */
export interface Ejectable {
  readonly name: string
  /** Room of the platform that its source is in. */
  readonly room: string
  /** What its index exports, and what `start({ replace })` takes. */
  readonly exported: string
  readonly title: string
}

const EJECTABLE: readonly Ejectable[] = [
  {
    name: 'web',
    room: 'web',
    exported: 'webFeature',
    title: 'The sign-in page, the account page, and the page that asks before accounts are linked',
  },
]

/** Names that people try, and what helps them instead. */
const REFUSED: Readonly<Record<string, string>> = {
  identity:
    'Who somebody is decides everything else, and a copy would miss its next fix; bring an identity of your own instead: start({ authenticate }).',
  tenancy:
    'It keeps tenants apart, and a copy would miss its next fix; what each tenant may choose is a setting: tenancy in config.yaml.',
  access: 'It decides who may do what, and a copy would miss its next fix.',
  audit: 'Its record is only worth something while nobody can edit what writes it.',
  jobs: 'Its jobs commit with your data, and a copy would miss its next fix; declare jobs of your own.',
  health: 'It has nothing to edit: a `resource()` with a check adds a line to readiness.',
  docs: 'It has nothing to edit: http.docs switches it, and src/generated/openapi.json is there for pages of your own.',
  metrics: 'It has nothing to edit: what you measure yourself goes to the same place.',
}

/**
 * The feature of that name.
 * @throws CliError (exit code 2) saying why not, or which there are
 */
export function ejectable(name: string): Ejectable {
  const found = EJECTABLE.find((one) => one.name === name)
  if (found !== undefined) return found
  const why = Object.hasOwn(REFUSED, name) ? REFUSED[name] : undefined
  if (why !== undefined) throw misuse(`${name} cannot be ejected: ${why}`)
  const all = EJECTABLE.map((one) => one.name).join(', ')
  throw misuse(`There is no feature "${name}" to eject; there is: ${all}.`)
}

/** Folder of the copy, relative to the service. */
export function folderOf({ name }: Ejectable): string {
  return `src/ejected/${name}`
}
