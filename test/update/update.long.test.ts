import assert from 'node:assert/strict'
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, test } from 'node:test'
import { makeService, PROGRAM, type Service, snapshot, write } from './service.ts'
import { STATES } from './state.ts'

// `plinth update` as a person runs it, on one frozen service: what it refuses, and the ways on and back.

const OLD = path.join(STATES, 'keycloak-realm')
const NEW_BRANCH = 'plinth-update-0.1.0'

let service: Service | undefined
afterEach(async () => {
  await service?.[Symbol.asyncDispose]()
  service = undefined
})

async function oldService(change: (files: Map<string, string>) => void = () => {}) {
  const files = new Map(await snapshot(OLD))
  change(files)
  service = await makeService(files)
  return service
}

const refused = async (from: Service, args: readonly string[], sentence: RegExp) => {
  const { code, err } = await from.plinth('update', ...args)
  assert.deepEqual([code, sentence.test(err)], [2, true], err)
  assert.equal(err.split('\n').length, 1, err)
}

test('what an update cannot come back from is refused, each in one sentence with the next command', async () => {
  const it = await oldService()
  const before = await snapshot(it.folder)
  await writeFile(path.join(it.folder, 'notes.txt'), 'mine')
  await refused(it, ['--no-install'], /^The working tree has changes.*`git stash -u`\.$/)
  await it.git('config', 'status.showUntrackedFiles', 'no')
  await refused(it, ['--no-install'], /^The working tree has changes/)
  await rm(path.join(it.folder, 'notes.txt'))

  await it.git('update-index', '--skip-worktree', 'config.yaml')
  await refused(
    it,
    ['--no-install'],
    /^git was told not to look at config\.yaml.*--no-skip-worktree/,
  )
  await it.git('update-index', '--no-skip-worktree', 'config.yaml')

  await writeFile(path.join(it.folder, '.git/MERGE_HEAD'), `${await it.git('rev-parse', 'HEAD')}\n`)
  await refused(it, ['--no-install'], /^A merge is in progress here.*`git merge --abort`\.$/)
  await rm(path.join(it.folder, '.git/MERGE_HEAD'))

  await it.git('branch', NEW_BRANCH)
  await refused(
    it,
    ['--no-install'],
    /^The branch plinth-update-0\.1\.0 is there already.*git branch -D/,
  )
  await it.git('branch', '-D', NEW_BRANCH)

  await refused(it, ['--abort'], /^No update is under way here/)
  await refused(
    it,
    ['--continue'],
    /^No update waits to be continued here; start one with `plinth update`\.$/,
  )
  await refused(it, ['--check', '--abort'], /exclude each other/)
  await refused(it, ['--from', '.'], /does not hold plinth-<version>\.tgz/)

  await it.git('rm', '--quiet', '--cached', '.plinth/manifest.json')
  await refused(it, ['--no-install'], /^\.plinth\/manifest\.json is not in git.*git add -f/)
  await it.git('reset', '--quiet', '--hard')

  await rm(path.join(it.folder, '.plinth/manifest.json'))
  await refused(it, ['--check'], /manifest\.json cannot be read.*restore it from git\.$/)
  await it.git('reset', '--quiet', '--hard')

  await rm(path.join(it.folder, '.git'), { recursive: true })
  await refused(
    it,
    ['--no-install'],
    /is not in a git repository.*`git init && git add -A && git commit/,
  )
  await it.git('init', '--quiet')
  await refused(it, ['--no-install'], /^This git repository has no commit yet/)
  assert.deepEqual(await snapshot(it.folder), before)
})

test('a file that git leaves out is not overwritten, for nothing could bring it back', async () => {
  const it = await oldService()
  await appendFile(path.join(it.folder, '.gitignore'), 'config.yaml\n')
  await it.git('rm', '--quiet', '--cached', 'config.yaml')
  await it.git('commit', '--quiet', '--all', '--message=config.yaml is nobody else’s')
  const before = await snapshot(it.folder)
  await refused(it, ['--no-install'], /^git leaves out config\.yaml.*`git add -f config\.yaml/)
  assert.deepEqual(await snapshot(it.folder), before)
})

test('a text in .plinth/base/ that somebody changed is refused: edits could not be told from the template’s', async () => {
  const it = await oldService((files) => {
    for (const file of ['config.yaml', '.plinth/base/config.yaml'])
      files.set(file, (files.get(file) ?? '').replaceAll('keycloak', 'okta'))
  })
  await refused(it, ['--check'], /^\.plinth\/base\/config\.yaml is no longer.*`git log -- /)
})

test('what an update brings is committed whatever .gitignore names, and goes with it', async () => {
  const it = await oldService((files) => {
    files.set('.gitignore', `${files.get('.gitignore')}.github/\n.plinth/base/\n`)
  })
  await it.git('add', '--force', '.plinth')
  await it.git('commit', '--quiet', '--message=base')
  const before = await snapshot(it.folder)
  const { code, out, err } = await it.plinth('update', '--no-install')
  assert.equal(code, 0, out + err)
  const tracked = (await it.git('ls-files')).split('\n')
  assert.ok(tracked.includes('.github/workflows/ci.yml'))
  assert.ok(tracked.includes('.plinth/base/README.md'))
  assert.equal((await it.plinth('update', '--abort')).code, 0)
  assert.deepEqual(await snapshot(it.folder), before)
})

test('a key that is written twice in config.yaml is said', async () => {
  const it = await oldService((files) => {
    files.set('config.yaml', `${files.get('config.yaml')}\nconfig:\n  app:\n    name: twice\n`)
  })
  const { code, out } = await it.plinth('update', '--check')
  assert.equal(code, 2)
  assert.match(out, /^ {2}\w+ +config\.yaml: a key is written twice, the second time in line \d+/m)
})

test('packages that cannot be installed leave an update that is continued, or undone', async () => {
  const it = await oldService((files) => {
    files.set('package-lock.json', '{ "lockfileVersion": 3 }\n')
  })
  const before = await snapshot(it.folder)
  const programs = path.join(it.folder, '.git/programs')
  const npm = (script: string) => write(programs, new Map([['npm', `#!/bin/sh\n${script}\n`]]))
  await npm(
    'echo half >package-lock.json; echo "npm error code E404" >npm.log; cat npm.log >&2; exit 1',
  )
  await it.run('chmod', ['+x', path.join(programs, 'npm')])
  const env = { PATH: `${programs}${path.delimiter}${process.env['PATH']}` }
  const update = (...words: readonly string[]) =>
    it.run(process.execPath, [PROGRAM, 'update', ...words], env)

  const first = await update()
  assert.equal(first.code, 1, first.err)
  assert.match(first.out, /^Updated but for its packages: Plinth 0\.0\.3 to 0\.1\.0\./)
  assert.match(
    first.out,
    /1\. The packages could not be installed: .*plinth update --continue .*--abort\)$/,
  )
  assert.equal(await it.git('status', '--porcelain'), '')
  assert.equal(await it.git('show', 'HEAD:package-lock.json'), '{ "lockfileVersion": 3 }')
  await refused(it, [], /^An update to 0\.1\.0 is under way.*--continue.*--abort/)

  assert.equal((await update('--abort')).code, 0)
  assert.deepEqual(await snapshot(it.folder), before)
  assert.equal(await it.git('branch', '--format=%(refname:short)'), 'main')

  await update()
  assert.equal((await update('--continue')).code, 1)
  await npm('echo whole >package-lock.json')
  const done = await update('--continue')
  assert.equal(done.code, 0, done.err)
  assert.equal(await it.git('status', '--porcelain'), '')
  assert.equal(await it.git('show', 'HEAD~1:package-lock.json'), 'whole')
  const subjects = await it.git('log', '--format=%s', '--max-count=2')
  assert.equal(subjects, 'chore: generated files\nbuild: packages of Plinth 0.1.0')
})

test('work that somebody committed on the branch of an update that was cut off is not thrown away', async () => {
  const it = await oldService()
  assert.equal((await it.plinth('update', '--no-install')).code, 0)
  const note = path.join(it.folder, '.git/plinth-update.json')
  const state = JSON.parse(await readFile(note, 'utf8'))
  await writeFile(note, JSON.stringify({ ...state, phase: 'working' }))
  await refused(it, [], /^An update to 0\.1\.0 is running, or was cut off.*--abort/)
  await it.git('commit', '--quiet', '--allow-empty', '--message=own')
  await refused(it, ['--abort'], /has commits that the update did not make/)
  await it.git('reset', '--quiet', '--hard', 'HEAD~1')
  assert.equal((await it.plinth('update', '--abort')).code, 0)
})

test('a service that follows a newer Plinth than this one is not taken back', async () => {
  const it = await oldService((files) => {
    const manifest = files.get('.plinth/manifest.json') ?? ''
    files.set('.plinth/manifest.json', manifest.replace('"0.0.3"', '"9.0.0"'))
  })
  await refused(it, [], /^This service follows Plinth 9\.0\.0.*npx @plinth\/cli@latest update\.$/)
})

test('--check and --dry-run say what an update would do, and write nothing', async () => {
  const it = await oldService()
  const before = await snapshot(it.folder)
  const check = await it.plinth('update', '--check')
  assert.equal(check.code, 2)
  assert.match(
    check.out,
    /^This service is behind: Plinth 0\.0\.3 to 0\.1\.0\.\n[\s\S]*adds +README\.md/,
  )
  const dry = await it.plinth('update', '--dry-run', '--json')
  const report = JSON.parse(dry.out)
  assert.deepEqual([dry.code, report.code, report.from, report.to], [0, 'behind', '0.0.3', '0.1.0'])
  assert.deepEqual(await snapshot(it.folder), before)
  assert.equal(await it.git('branch', '--format=%(refname:short)'), 'main')
})

test('an update is a branch with a commit for each step; then there is nothing to do; and back again', async () => {
  const it = await oldService()
  const [before, head] = [await snapshot(it.folder), await it.git('rev-parse', 'HEAD')]
  const { code, out } = await it.plinth('update', '--no-install')
  assert.equal(code, 0, out)
  assert.equal(await it.git('branch', '--show-current'), NEW_BRANCH)
  const subjects = await it.git('log', '--format=%s', '--reverse', 'main..')
  assert.deepEqual(subjects.split('\n'), [
    'build: Plinth 0.1.0',
    'chore: shared files as Plinth 0.1.0 has them',
    'chore: generated files',
  ])
  assert.equal(await it.git('status', '--porcelain'), '')
  assert.match(
    out,
    /npx plinth db upgrade[\s\S]*git switch main && git merge plinth-update-0\.1\.0/,
  )

  const again = await it.plinth('update', '--check')
  assert.deepEqual([again.code, again.out], [0, 'This service is up to date with Plinth 0.1.0.'])

  await writeFile(path.join(it.folder, 'own.txt'), 'on top')
  await it.git('add', 'own.txt')
  await it.git('commit', '--quiet', '--message=own')
  await refused(it, ['--abort'], /has commits that the update did not make/)
  await it.git('reset', '--quiet', '--hard', 'HEAD~1')

  const back = await it.plinth('update', '--abort')
  assert.equal(back.code, 0, back.err)
  assert.deepEqual(await snapshot(it.folder), before)
  assert.deepEqual(
    [await it.git('branch', '--format=%(refname:short)'), await it.git('rev-parse', 'HEAD')],
    ['main', head],
  )
})

test('a conflict waits for a person: listed, refused while markers stand, continued, or undone', async () => {
  const it = await oldService((files) => {
    for (const folder of ['', '.plinth/base/'])
      files.set(`${folder}AGENTS.md`, 'One\n\nTwo lines\n\nEnd of it\n')
    files.set('AGENTS.md', 'One of mine\n\nTwo lines\n\nEnd of it\n')
  })
  const before = await snapshot(it.folder)
  const first = await it.plinth('update', '--no-install', '--json')
  const report = JSON.parse(first.out)
  assert.deepEqual([first.code, report.code], [1, 'conflicts'])
  assert.ok(report.clashes.every(({ path: file }: { path: string }) => file === 'AGENTS.md'))
  assert.match(report.next.at(-1), /AGENTS\.md.*plinth update --continue.*plinth update --abort/)
  const file = path.join(it.folder, 'AGENTS.md')
  assert.match(await readFile(file, 'utf8'), /^<<<<<<< yours\nOne of mine$/m)
  await refused(it, [], /^An update to 0\.1\.0 is under way.*--continue.*--abort/)
  await refused(it, ['--continue'], /^AGENTS\.md still holds conflict markers/)

  assert.equal((await it.plinth('update', '--abort')).code, 0)
  assert.deepEqual(await snapshot(it.folder), before)
  assert.equal(await it.git('status', '--porcelain'), '')

  await it.plinth('update', '--no-install')
  await writeFile(file, 'One of mine\n')
  const done = await it.plinth('update', '--continue')
  assert.equal(done.code, 0, done.err)
  assert.equal(await it.git('status', '--porcelain'), '')
  assert.equal(await it.git('show', 'HEAD:AGENTS.md'), 'One of mine')
})

test('a service in a folder of a monorepo is updated there, and nothing beside it is touched', async () => {
  const inside = [...(await snapshot(OLD))].map(
    ([file, text]) => [`apps/shelf/${file}`, text] as const,
  )
  const beside = ['README.md', 'package.json', 'config.yaml'].map(
    (file) => [file, 'not yours\n'] as const,
  )
  service = await makeService(new Map([...inside, ...beside]), 'apps/shelf')
  const { code, out, err } = await service.plinth('update', '--no-install')
  assert.equal(code, 0, out + err)
  const changed = await service.git('diff', '--name-only', 'main..')
  assert.deepEqual(
    changed.split('\n').filter((file) => !file.startsWith('apps/shelf/')),
    [],
  )
  assert.match(changed, /^apps\/shelf\/README\.md$/m)
})

test('packages that are handed over as tarballs take the place of older ones in vendor/', async () => {
  const it = await oldService((files) => {
    const manifest = JSON.parse(files.get('.plinth/manifest.json') ?? '')
    manifest.answers.packages = 'vendor'
    files.set('.plinth/manifest.json', JSON.stringify(manifest))
    files.set('vendor/plinth-0.0.3.tgz', 'old')
    files.set('vendor/plinth-cli-0.0.3.tgz', 'old')
    files.set('vendor/mine-1.0.0.tgz', 'mine')
  })
  const tarballs = path.join(it.folder, '.git/tarballs')
  await mkdir(tarballs)
  await write(
    tarballs,
    new Map([
      ['plinth-0.1.0.tgz', 'new'],
      ['plinth-cli-0.1.0.tgz', 'new'],
    ]),
  )
  const { code, out, err } = await it.plinth('update', '--no-install', '--from', tarballs)
  assert.equal(code, 0, out + err)
  const vendored = (await it.git('ls-files', 'vendor')).split('\n')
  assert.deepEqual(vendored, [
    'vendor/mine-1.0.0.tgz',
    'vendor/plinth-0.1.0.tgz',
    'vendor/plinth-cli-0.1.0.tgz',
  ])
  const { dependencies } = JSON.parse(await readFile(path.join(it.folder, 'package.json'), 'utf8'))
  assert.equal(dependencies.plinth, 'file:vendor/plinth-0.1.0.tgz')

  // A checkout goes on under one version: its later packages have a name that no package manager has seen.
  await it.git('branch', '-m', 'taken')
  await write(tarballs, new Map([['plinth-0.1.0.tgz', 'newer']]))
  const check = await it.plinth('update', '--check', '--from', tarballs)
  assert.equal(check.code, 2, check.out + check.err)
  const later = await it.plinth('update', '--no-install', '--from', tarballs)
  assert.equal(later.code, 0, later.out + later.err)
  const named = JSON.parse(await readFile(path.join(it.folder, 'package.json'), 'utf8'))
  const { plinth } = named.dependencies
  assert.match(plinth, /^file:vendor\/plinth-0\.1\.0_[0-9a-f]{8}\.tgz$/)
  assert.equal(named.devDependencies['@plinth/cli'], 'file:vendor/plinth-cli-0.1.0.tgz')
  assert.deepEqual((await it.git('ls-files', 'vendor')).split('\n').sort(), [
    'vendor/mine-1.0.0.tgz',
    plinth.slice('file:'.length),
    'vendor/plinth-cli-0.1.0.tgz',
  ])
  for (const args of [['--from', tarballs], []]) {
    const again = await it.plinth('update', '--check', ...args)
    assert.equal(again.out, 'This service is up to date with Plinth 0.1.0.', again.err)
  }
})

test('newer tarballs are handed to their own command line, with the same words', async () => {
  const it = await oldService()
  const programs = path.join(it.folder, '.git/programs')
  await write(programs, new Map([['npx', '#!/bin/sh\necho "npx $*"\nexit 1\n']]))
  await it.run('chmod', ['+x', path.join(programs, 'npx')])
  const tarballs = path.join(it.folder, '.git/tarballs')
  await write(
    tarballs,
    new Map([
      ['plinth-0.9.0.tgz', ''],
      ['plinth-cli-0.9.0.tgz', ''],
    ]),
  )
  const { code, out } = await it.run(
    process.execPath,
    [
      path.join(it.folder, 'node_modules/@plinth/cli/bin/plinth.js'),
      'update',
      '--from',
      tarballs,
      '--dry-run',
    ],
    { PATH: `${programs}${path.delimiter}${process.env['PATH']}` },
  )
  assert.equal(code, 1)
  assert.match(
    out,
    /^npx --yes --package \S+plinth-0\.9\.0\.tgz --package \S+plinth-cli-0\.9\.0\.tgz -- plinth update --from \S+ --dry-run$/,
  )
})
