import { existsSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import type { Looked } from './finding.ts'
import { programOf, runProgram } from './run-program.ts'

type Fault = Extract<Looked, { code: 'checked' }>['findings'][number]

interface Linter {
  readonly name: string
  /** Files whose presence says that the service uses it. */
  readonly marks: readonly string[]
  readonly args: readonly string[]
  read(out: string, service: string): readonly Fault[]
}

const LINTERS: readonly Linter[] = [
  {
    name: 'biome',
    marks: ['biome.json', 'biome.jsonc'],
    // What is wrong, not how it is laid out: that is the owner's, and `npx biome check --write .` does it.
    args: ['lint', '--reporter=github', '--diagnostic-level=error', '.'],
    read: readAnnotations,
  },
  {
    name: 'eslint',
    marks: ['eslint.config.js', 'eslint.config.mjs', 'eslint.config.ts'],
    args: ['.', '--format', 'json'],
    read: readEslint,
  },
]

/** The linter that the service has set up, if any. */
export async function checkLint(service: string): Promise<Looked> {
  const linter = LINTERS.find(({ marks }) => marks.some((mark) => existsSync(join(service, mark))))
  if (linter === undefined)
    return { code: 'skipped', because: 'neither Biome nor ESLint is set up' }
  const program = programOf(service, linter.name)
  if (program === undefined)
    return { code: 'skipped', because: `${linter.name} is not installed; run \`npm install\`` }
  const { code, out, err } = await runProgram(service, program, linter.args)
  const findings = linter.read(out, service)
  if (code === 0 || findings.length > 0) return { code: 'checked', findings }
  throw new Error(`${out}${err}`.trim() || `${linter.name} ended without a word`)
}

const ANNOTATION = /^::error (.*?)::(.*)$/

/** The form in which a linter speaks to a continuous integration. */
function readAnnotations(out: string, service: string): readonly Fault[] {
  return out.split('\n').flatMap((text) => {
    const [, facts = '', message] = ANNOTATION.exec(text) ?? []
    if (message === undefined) return []
    const fact = (name: string) => new RegExp(`(?:^|,)${name}=([^,]*)`).exec(facts)?.[1]
    const line = Number(fact('line') ?? Number.NaN)
    const file = fact('file')
    return [
      {
        file: file === undefined ? null : pathIn(service, file),
        line: Number.isNaN(line) ? null : line,
        code: fact('title') ?? 'lint',
        message: decoded(message),
        fix: '`npx biome lint --write .` mends some of it.',
      },
    ]
  })
}

function decoded(message: string): string {
  const [first = ''] = message.replaceAll('%0A', '\n').replaceAll('%25', '%').split('\n')
  return first
}

function pathIn(service: string, file: string): string {
  return relative(service, resolve(service, file)).split(sep).join('/')
}

function readEslint(out: string, service: string): readonly Fault[] {
  if (!out.startsWith('[')) return []
  const files: readonly EslintFile[] = JSON.parse(out)
  return files.flatMap(({ filePath, messages }) =>
    messages
      .filter(({ severity }) => severity === 2)
      .map(({ line, ruleId, message }) => ({
        file: pathIn(service, filePath),
        line: line ?? null,
        code: ruleId ?? 'eslint',
        message,
        fix: '`npx eslint --fix .` mends some of it.',
      })),
  )
}

interface EslintFile {
  readonly filePath: string
  readonly messages: readonly {
    readonly severity: number
    readonly line?: number
    readonly ruleId: string | null
    readonly message: string
  }[]
}
