import { type Answers, SOURCES, TEMPLATE_TENANCY, TENANCIES } from './answers.ts'
import { censusWithout, openApiWithout, registryWithout } from './generated-files.ts'
import { keepMarked, type Mark } from './marked-lines.ts'
import { ownershipOf } from './ownership.ts'
import { packageJson, TEMPLATE_NAME } from './package-json.ts'
import { PART_CONTENTS } from './parts.ts'
import { respell, respellWorkflow, SPELLINGS } from './spellings.ts'
import { type TemplateFiles, templateFiles } from './template-files.ts'

/**
 * Every file of a service with these answers, by path. Paths are those of the template: nothing is renamed.
 * @param answers what the person was asked, or what `.plinth/manifest.json` remembers
 * @param from the template; the one that this version brings unless another is given
 */
export async function renderTemplate(
  answers: Answers,
  from?: TemplateFiles,
): Promise<ReadonlyMap<string, string>> {
  const template = from ?? (await templateFiles())
  const paths = [...template.keys()]
  const gone = paths.filter((path) => isGone(path, answers))
  const files = [...template].filter(([path]) => !gone.includes(path))
  const { settings } = SPELLINGS[answers.packageManager]
  return new Map([
    ...files.map(([path, text]) => [path, render({ path, text, gone, answers })] as const),
    ...(settings === undefined ? [] : [[settings.file, settings.text] as const]),
  ])
}

/** No registry knows of a newer version of vendored packages, and none may be asked for names that nobody owns there. */
const LOOKS_INTO_A_REGISTRY = '.github/workflows/plinth-update.yml'

/** Routes follow the tenancy: for another one than the template's, `plinth sync` writes what only the code can say. */
const SAYS_ROUTES = /^src\/generated\/(routes\.txt|openapi\.json)$/

function isGone(path: string, { without, packages, tenancy }: Answers): boolean {
  if (packages === 'vendor' && path === LOOKS_INTO_A_REGISTRY) return true
  if (tenancy !== TEMPLATE_TENANCY && SAYS_ROUTES.test(path)) return true
  return without.some((part) => PART_CONTENTS[part].files.test(path))
}

function absentMarks({ without, packages }: Answers): readonly Mark[] {
  return [...without, ...SOURCES.filter((source) => source !== packages)]
}

interface Rendering {
  readonly path: string
  readonly text: string
  /** Paths of the template that this service does without. */
  readonly gone: readonly string[]
  readonly answers: Answers
}

function render({ path, text, gone, answers }: Rendering): string {
  const routes = answers.without.flatMap((part) => PART_CONTENTS[part].routes ?? [])
  switch (path) {
    case 'package.json':
      return packageJson(text, answers)
    case 'src/generated/registry.ts':
      return registryWithout(text, gone)
    case 'src/generated/routes.txt':
      return censusWithout(text, routes)
    case 'src/generated/openapi.json':
      return titled(openApiWithout(text, routes), answers.name)
    default:
      return prose(path, keepMarked(text, absentMarks(answers)), answers)
  }
}

/** Names and commands: only in shared files, for what the owner will write is not searched for words. */
function prose(path: string, text: string, { name, tenancy, packageManager }: Answers): string {
  if (ownershipOf(path) !== 'shared' || path.startsWith('infra/')) return text
  const named = titled(text, name)
    .replaceAll(TEMPLATE_NAME, name)
    .replaceAll('my_service', name.replaceAll('-', '_'))
  const placed = path === 'config.yaml' ? named.replace(TENANCY, `$1${tenancy}`) : named
  return path.startsWith('.github/')
    ? respellWorkflow(placed, packageManager)
    : respell(placed, packageManager)
}

const TENANCY = new RegExp(
  `^( {2}tenancy:\\n(?: {4}.*\\n)*? {4}mode: )(?:${TENANCIES.join('|')})`,
  'm',
)

/** What people read: `my-service` is "My service". */
function titled(text: string, name: string): string {
  const words = name.replaceAll(/[-_]/g, ' ')
  return text.replaceAll('My service', words.charAt(0).toUpperCase() + words.slice(1))
}
