import type { Finding } from './finding.ts'
import { checkingOf, type Part } from './parts.ts'

/** How one part of a check went. */
export interface CheckedPart {
  readonly name: string
  readonly state: 'ok' | 'findings' | 'skipped'
  /** Why it was skipped; null otherwise. */
  readonly because: string | null
  /** Milliseconds until it was done, beside all others. */
  readonly ms: number
}

/** What a check came to. */
export interface CheckReport {
  readonly findings: readonly Finding[]
  readonly parts: readonly CheckedPart[]
}

/** Looks at a service in several ways at once. A part that cannot look is a finding itself. */
export async function checkService(service: string, parts: readonly Part[]): Promise<CheckReport> {
  const checking = checkingOf(service)
  const looked = await Promise.all(parts.map((part) => lookAt(part, checking)))
  return {
    findings: looked.flatMap(({ findings }) => findings),
    parts: looked.map(({ part }) => part),
  }
}

async function lookAt({ name, look }: Part, checking: ReturnType<typeof checkingOf>) {
  const started = performance.now()
  const { findings, because } = await look(checking).then(
    (looked) =>
      looked.code === 'skipped'
        ? { findings: [], because: looked.because }
        : { findings: looked.findings, because: null },
    (error: unknown) => ({ findings: [broken(name, error)], because: null }),
  )
  const state = because !== null ? 'skipped' : findings.length === 0 ? 'ok' : 'findings'
  const part: CheckedPart = { name, state, because, ms: Math.round(performance.now() - started) }
  return { part, findings: findings.map((finding): Finding => ({ part: name, ...finding })) }
}

function broken(name: string, error: unknown): Omit<Finding, 'part'> {
  const message = error instanceof Error ? error.message : String(error)
  const fix = `Mend what it says, then run \`npx plinth check --only ${name}\`.`
  // A module that cannot be imported is named by the line that is to blame.
  const [, file = null, line] = /^(\S+\.\w+):(\d+) cannot be imported: /.exec(message) ?? []
  const at = line === undefined ? null : Number(line)
  return { file, line: at, code: `${name}.failed`, message, fix }
}
