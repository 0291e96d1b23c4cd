import { type ExecFileOptions, execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { machineEnvironment, packPackages } from '../../scripts/pack/stage.ts'
import { ROOT, repositoryFiles } from '../gates/source/files.ts'

const run = promisify(execFile)

/** The packages as published, and a copy of the template that has them installed, in a folder of their own. */
export interface Consumer extends AsyncDisposable {
  readonly service: string
  readonly tarballs: ReadonlyMap<string, string>
  /** Runs a program in the service, as a person's shell would; fails with all that it printed. */
  run(program: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string>
}

/** Packs, copies the template and installs it. */
export async function makeConsumer(): Promise<Consumer> {
  const work = await mkdtemp(path.join(tmpdir(), 'plinth-consumer-'))
  const packing = path.join(work, 'packing')
  await mkdir(packing)
  const tarballs = await packPackages(packing)
  const service = path.join(work, 'service')
  await copyTemplate(service)
  await dependOn(service, tarballs)
  const consumer: Consumer = {
    service,
    tarballs,
    run: (program, args, env = {}) => execute(program, args, { cwd: service, env }),
    [Symbol.asyncDispose]: () => rm(work, { recursive: true, force: true }),
  }
  await consumer.run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'])
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

async function execute(
  program: string,
  args: readonly string[],
  { cwd, env }: ExecFileOptions,
): Promise<string> {
  const options = { cwd, env: { ...machineEnvironment(), ...env }, maxBuffer: 64 * 1024 * 1024 }
  try {
    const { stdout } = await run(program, args, { ...options, encoding: 'utf8' })
    return stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error })
  }
}
