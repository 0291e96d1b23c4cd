import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Examined, examined, type Finding } from './finding.ts'
import type { Subject } from './subject.ts'

const INSTALL = 'Install what package.json says: npm install (or the package manager that you use).'

/** Whether what is installed is what the service says, and one version of Plinth throughout. */
export async function examinePackages({ folder }: Subject): Promise<Examined> {
  const own = await manifestAt(folder.service)
  const versions = new Map<string, string>()
  for (const name of ['plinth', '@plinth/cli', 'fastify', 'kysely', 'zod']) {
    const installed = await installedAt(folder.service, name)
    if (installed !== undefined) versions.set(name, textAt(installed, 'version'))
  }
  return examined(
    packageFindings(
      { ...entriesAt(own, 'dependencies'), ...entriesAt(own, 'devDependencies') },
      versions,
    ),
  )
}

/**
 * @param stated range by package
 * @param installed version by package
 */
export function packageFindings(
  stated: Readonly<Record<string, unknown>>,
  installed: ReadonlyMap<string, string>,
): readonly Finding[] {
  const wanted = Object.entries(stated).filter(
    ([name]) => name === 'plinth' || name === '@plinth/cli',
  )
  const missing = wanted.filter(([name]) => !installed.has(name)).map(([name]) => name)
  if (missing.length > 0)
    return [
      {
        code: 'packages.missing',
        severity: 'error',
        says: `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not installed.`,
        fix: INSTALL,
      },
    ]
  const different = wanted.filter(([name, range]) => isOther(String(range), installed.get(name)))
  const findings = different.map(
    ([name, range]): Finding => ({
      code: 'packages.other',
      severity: 'error',
      says: `package.json says ${name} ${range}, and ${installed.get(name)} is installed.`,
      fix: INSTALL,
    }),
  )
  const [runtime, tool] = [installed.get('plinth'), installed.get('@plinth/cli')]
  if (runtime === undefined || tool === undefined || runtime === tool) return findings
  const says = `plinth is ${runtime} and @plinth/cli is ${tool}; they belong together.`
  return [
    ...findings,
    {
      code: 'packages.apart',
      severity: 'error',
      says,
      fix: 'Write one version for both into package.json, and install.',
    },
  ]
}

/** Only an exact version or a tarball of one can be held against what is installed. */
function isOther(range: string, version = ''): boolean {
  const exact = /^(?:file:.*-)?(\d+\.\d+\.\d+(?:-[\w.]+?)?)(?:\.tgz)?$/.exec(range)?.[1]
  return exact !== undefined && exact !== version
}

/** Where Node would find it: here, or in a folder above that a monorepo installs into. */
async function installedAt(folder: string, name: string): Promise<object | undefined> {
  const found = await manifestAt(join(folder, 'node_modules', name))
  const above = dirname(folder)
  return found ?? (above === folder ? undefined : installedAt(above, name))
}

async function manifestAt(folder: string): Promise<object | undefined> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : JSON.parse(text)
}

function entriesAt(
  manifest: object | undefined,
  section: string,
): Readonly<Record<string, unknown>> {
  const found: unknown = manifest === undefined ? undefined : Reflect.get(manifest, section)
  return typeof found === 'object' && found !== null ? { ...found } : {}
}

function textAt(manifest: object, key: string): string {
  return String(Reflect.get(manifest, key))
}
