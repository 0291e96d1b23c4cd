import { type ExecFileOptions, execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { shellEnvironment } from '../../packages/cli/src/shell-environment.ts'
import { keptTarballs } from '../../scripts/pack/kept-tarballs.ts'
import { packPackages } from '../../scripts/pack/stage.ts'
import { ROOT, repositoryFiles } from '../gates/source/files.ts'
import { PATIENT_NPM } from './new-service.ts'

const run = promisify(execFile)

/** The packages as published, and a copy of the template that has them installed, in a folder of their own. */
export interface Consumer extends AsyncDisposable {
  readonly service: string
  readonly tarballs: ReadonlyMap<string, string>
  /** npm in the service, on the machine's Node; fails with all that it printed. */
  npm(...args: string[]): Promise<string>
  /** The pinned Node in the service, without this checkout's conditions; fails with all that it printed. */
  node(...args: string[]): Promise<string>
}

/** Packs, copies the template and installs it. */
export async function makeConsumer(): Promise<Consumer> {
  const work = await mkdtemp(path.join(tmpdir(), 'plinth-consumer-'))
  const packing = path.join(work, 'packing')
  await mkdir(packing)
  const tarballs = await keptTarballs(() => packPackages(packing))
  const service = path.join(work, 'service')
  await copyTemplate(service)
  await dependOn(service, tarballs)
  const consumer: Consumer = {
    service,
    tarballs,
    npm: (...args) =>
      execute('npm', args, { cwd: service, env: { ...shellEnvironment(), ...PATIENT_NPM } }),
    node: (...args) => execute(process.execPath, args, { cwd: service, env: pinnedEnvironment() }),
    [Symbol.asyncDispose]: () => rm(work, { recursive: true, force: true }),
  }
  await consumer.npm('install', '--no-audit', '--no-fund')
  return consumer
}

async function copyTemplate(target: string): Promise<void> {
  for (const file of repositoryFiles().filter((name) => name.startsWith('template/'))) {
    await cp(path.join(ROOT, file), path.join(target, path.relative('template', file)))
  }
}

/** The template names versions of a registry; here they are the tarballs. */
async function dependOn(service: string, tarballs: ReadonlyMap<string, string>): Promise<void> {
  const file = path.join(service, 'package.json')
  let manifest = await readFile(file, 'utf8')
  for (const [name, tarball] of tarballs) {
    const version = new RegExp(`("${name}": )"[^"]+"`)
    manifest = manifest.replace(version, `$1"file:${tarball}"`)
  }
  await writeFile(file, manifest)
}

/** A person's shell where `node` is the version that the service asks for. */
export function pinnedEnvironment(): NodeJS.ProcessEnv {
  const machine = shellEnvironment()
  const folders = [path.dirname(process.execPath), machine['PATH'] ?? '']
  return { ...machine, PATH: folders.join(path.delimiter) }
}

async function execute(
  program: string,
  args: readonly string[],
  options: ExecFileOptions,
): Promise<string> {
  try {
    const { stdout } = await run(program, args, {
      ...options,
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    })
    return stdout
  } catch (error) {
    const { stdout = '', stderr = '', signal, code } = error as Partial<Record<string, string>>
    const end = signal ? `was ended by ${signal}` : `failed (${code})`
    throw new Error(`${program} ${args.join(' ')} ${end}:\n${stdout}\n${stderr}`)
  }
}
