import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Looked } from './finding.ts'
import { programOf, runProgram } from './run-program.ts'

const FAULT = /^(.+?)\((\d+),\d+\): error (TS\d+): (.*)$/

/** The service's own TypeScript over its own tsconfig.json. */
export async function checkTypes(service: string): Promise<Looked> {
  if (!existsSync(join(service, 'tsconfig.json')))
    return { code: 'skipped', because: 'there is no tsconfig.json' }
  const tsc = programOf(service, 'tsc')
  if (tsc === undefined)
    return { code: 'skipped', because: 'TypeScript is not installed; run `npm install`' }
  // What was found out is kept, so that the next run looks at what changed only.
  const kept = ['--incremental', '--tsBuildInfoFile', join('.plinth', 'dev', 'types.json')]
  const args = ['-p', '.', '--noEmit', '--pretty', 'false', ...kept, ...conditions()]
  const { code, out, err } = await runProgram(service, tsc, args)
  const findings = out.split('\n').flatMap((line) => {
    const [, file, at, fault, message] = FAULT.exec(line) ?? []
    if (file === undefined || fault === undefined || message === undefined) return []
    return [{ file, line: Number(at), code: fault, message, fix: FIX }]
  })
  if (code === 0 || findings.length > 0) return { code: 'checked', findings }
  throw new Error(`${out}${err}`.trim() || 'tsc ended without a word')
}

const FIX = 'Change the code until the compiler agrees; `npx tsc -p .` shows the whole message.'

/** The compiler must find packages where Node does. */
function conditions(): readonly string[] {
  const given = [process.env['NODE_OPTIONS'] ?? '', ...process.execArgv].join(' ')
  const names = [...given.matchAll(/(?:--conditions|-C)[= ]([\w-]+)/g)].map(([, name]) => name)
  return names.length === 0 ? [] : ['--customConditions', [...new Set(names)].join(',')]
}
