import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { versionOrder } from '../update/version-order.ts'
import { type Examined, examined, type Finding } from './finding.ts'
import type { Subject } from './subject.ts'

/** Versions of a package that are known not to work here. */
interface BadVersions {
  readonly name: string
  /** First bad version. */
  readonly from: string
  /** First good one after it; absent while there is none. */
  readonly until?: string
  readonly says: string
  readonly fix: string
}

const NO_API = 'imports the JavaScript API of TypeScript, which TypeScript 7 does not have'

/** Each was met, and measured. */
const KNOWN: readonly BadVersions[] = [
  {
    name: 'pg-boss',
    from: '12.38.0',
    until: '12.39.0',
    says: 'cannot be installed: a version that it depends on was never published',
    fix: 'Take the pg-boss out of your package.json; plinth brings its own.',
  },
  {
    name: 'maildev',
    from: '3.0.0',
    until: '3.0.1',
    says: 'cannot be installed: a version that it depends on was never published',
    fix: 'Use maildev 2, or the mailbox that `plinth dev` brings.',
  },
  {
    name: 'openapi-typescript',
    from: '0.0.0',
    says: NO_API,
    fix: 'Make the client in a project of its own, with TypeScript 5, from src/generated/openapi.json.',
  },
  {
    name: '@hey-api/openapi-ts',
    from: '0.0.0',
    says: NO_API,
    fix: 'Make the client in a project of its own, with TypeScript 5, from src/generated/openapi.json.',
  },
  {
    name: 'ts-node',
    from: '0.0.0',
    says: `${NO_API}`,
    fix: 'Leave it out; Node 24 runs TypeScript as it is: node src/main.ts.',
  },
]

/** Looks for versions that are known not to work in what the service depends on. */
export async function examineVersions({ folder }: Subject): Promise<Examined> {
  const text = await readFile(join(folder.service, 'package.json'), 'utf8')
  return examined(badVersions(JSON.parse(text)))
}

/** @param manifest a package.json */
export function badVersions(manifest: object): readonly Finding[] {
  const stated = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((section) => {
    const found: unknown = Reflect.get(manifest, section)
    return typeof found === 'object' && found !== null ? Object.entries(found) : []
  })
  return stated.flatMap(([name, range]) =>
    KNOWN.filter((known) => known.name === name && isWithin(String(range), known)).map(
      ({ says, fix }): Finding => ({
        code: 'version.known_bad',
        severity: 'error',
        says: `${name} ${range} ${says}.`,
        fix,
      }),
    ),
  )
}

function isWithin(range: string, { from, until }: BadVersions): boolean {
  const since = versionOrder(range, from)
  const before = until === undefined ? -1 : versionOrder(range, until)
  return since !== undefined && since >= 0 && before !== undefined && before < 0
}
