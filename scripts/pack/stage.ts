import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, glob, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { CARRIED_ROOMS, readRoom } from '../../packages/cli/src/eject/feature-source.ts'
import { shellEnvironment } from '../../packages/cli/src/shell-environment.ts'
import { readTemplate } from '../../packages/cli/src/template/template-files.ts'
import { bundlePackage } from './bundle-package.ts'
import { type Manifest, manifestToPublish } from './manifest.ts'

const run = promisify(execFile)
const ROOT = path.resolve(import.meta.dirname, '../..')
// In the order of their dependencies: a later one is compiled against the earlier one as published.
const PACKAGES: Readonly<Record<string, string>> = {
  plinth: 'packages/plinth',
  '@plinth/cli': 'packages/cli',
  'create-plinth': 'packages/create-plinth',
  '@plinth/client': 'clients/typescript',
}

/**
 * Builds the packages as they are published and packs them, without writing into the sources.
 * @param folder empty folder to work in
 * @returns the tarballs, by package name
 */
export async function packPackages(folder: string): Promise<ReadonlyMap<string, string>> {
  await stageWorkspace(folder)
  const tarballs = new Map<string, string>()
  for (const [name, place] of Object.entries(PACKAGES)) {
    const staged = path.join(folder, place)
    await build(staged)
    if (name === 'plinth') await bundle(staged)
    if (name === '@plinth/cli') await Promise.all([addTemplate(staged), addSources(staged)])
    await publishable(staged)
    tarballs.set(name, await pack(staged, folder))
    await linkPackage(folder, name, staged)
  }
  return tarballs
}

/** A package without sources, like `create-plinth`, is published as it lies. */
async function build(staged: string): Promise<void> {
  const settings = path.join(staged, 'tsconfig.build.json')
  if (!existsSync(settings)) return
  await run(path.join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', settings], { cwd: staged })
  await copyAssets(path.join(staged, 'src'), path.join(staged, 'dist'))
}

// Run by name, or required when they are first needed.
const OWN_FILES = [
  'data/entity/query/kysely-query.js',
  'dev/postgres/idle-keeper.js',
  'dev/keycloak/process-guard.js',
]

/** What a service loads at every start is put together into few files. */
async function bundle(staged: string): Promise<void> {
  const manifest: Manifest = JSON.parse(await readFile(path.join(staged, 'package.json'), 'utf8'))
  await bundlePackage(path.join(staged, 'dist'), [...entriesOf(manifest.exports), ...OWN_FILES])
}

/** The compiled file of each export, below `dist`. */
function entriesOf(exports: unknown): readonly string[] {
  const faces = Object.values(exports as Readonly<Record<string, { readonly default?: string }>>)
  return faces.flatMap((face) => face.default?.replace('./dist/', '') ?? [])
}

/** As one file, because npm renames some dotfiles in a package and leaves out others. */
async function addTemplate(staged: string): Promise<void> {
  const template = await readTemplate(path.join(ROOT, 'template'))
  await writeFile(path.join(staged, 'template.json'), JSON.stringify(Object.fromEntries(template)))
}

/** The sources that `plinth eject` hands over: the package of the runtime carries none. */
async function addSources(staged: string): Promise<void> {
  const read = CARRIED_ROOMS.map(
    async (room) => [room, Object.fromEntries(await readRoom(ROOT, room))] as const,
  )
  const rooms = Object.fromEntries(await Promise.all(read))
  await writeFile(path.join(staged, 'eject.json'), JSON.stringify(rooms))
}

/** Copies the packages, and lends them this checkout's dependencies but none of its own packages. */
async function stageWorkspace(folder: string): Promise<void> {
  await cp(path.join(ROOT, 'tsconfig.base.json'), path.join(folder, 'tsconfig.base.json'))
  for (const name of Object.values(PACKAGES)) {
    const from = path.join(ROOT, name)
    const to = path.join(folder, name)
    const filter = (file: string) =>
      !/\/(node_modules|dist|\.plinth)(\/|$)/.test(file.slice(from.length))
    await cp(from, to, { recursive: true, filter })
    for (const file of ['LICENSE', 'README.md'])
      await cp(
        path.join(existsSync(path.join(from, file)) ? from : ROOT, file),
        path.join(to, file),
      )
  }
  await mkdir(path.join(folder, 'node_modules'))
  for (const entry of await readdir(path.join(ROOT, 'node_modules'))) {
    if (['plinth', '@plinth', 'my-service', 'create-plinth'].includes(entry)) continue
    const target = path.join(ROOT, 'node_modules', entry)
    await symlink(target, path.join(folder, 'node_modules', entry))
  }
}

/** SQL, style sheets, pictures: all that the compiler leaves behind. */
async function copyAssets(from: string, to: string): Promise<void> {
  for await (const file of glob('**/*', {
    cwd: from,
    exclude: (name) => /\.(test|fixture)\.ts$/.test(name),
  })) {
    if (/\.ts$/.test(file) || path.extname(file) === '') continue
    await mkdir(path.dirname(path.join(to, file)), { recursive: true })
    await cp(path.join(from, file), path.join(to, file))
  }
}

async function publishable(staged: string): Promise<void> {
  const file = path.join(staged, 'package.json')
  const manifest: Manifest = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, `${JSON.stringify(manifestToPublish(manifest), null, 2)}\n`)
}

async function pack(staged: string, folder: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: staged,
    env: shellEnvironment(),
  })
  const filename = /"filename":\s*"([^"]+)"/.exec(stdout)?.[1]
  if (filename === undefined) throw new Error(`npm pack named no file for ${staged}: ${stdout}`)
  return path.join(folder, filename)
}

async function linkPackage(folder: string, name: string, staged: string): Promise<void> {
  const link = path.join(folder, 'node_modules', name)
  await mkdir(path.dirname(link), { recursive: true })
  await symlink(staged, link)
}
