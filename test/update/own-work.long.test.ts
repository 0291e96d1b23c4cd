import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { appendFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, test } from 'node:test'
import { sha256 } from '../../packages/cli/src/template/manifest.ts'
import { until } from '../../packages/plinth/src/testing/until.ts'
import { makeService, PROGRAM, type Service, snapshot, write } from './service.ts'
import { STATES } from './state.ts'

// What a person does beside an update, or before it, in the files that it works on: none of it is lost.

let service: Service | undefined
afterEach(async () => {
  await service?.[Symbol.asyncDispose]()
  service = undefined
})

async function oldService(change: (files: Map<string, string>) => void = () => {}) {
  const files = new Map(await snapshot(path.join(STATES, 'keycloak-realm')))
  change(files)
  service = await makeService(files)
  return service
}

const npmThat = (it: Service, script: string) => programThat(it, 'npm', script)

/** Puts a program before the machine's own of that name; gives the environment that finds it. */
async function programThat(it: Service, name: string, script: string): Promise<NodeJS.ProcessEnv> {
  const programs = path.join(it.folder, '.git/programs')
  await write(programs, new Map([[name, `#!/bin/sh\n${script}\n`]]))
  await it.run('chmod', ['+x', path.join(programs, name)])
  return { PATH: `${programs}${path.delimiter}${process.env['PATH']}` }
}

const edit = (it: Service, file: string, text: string) =>
  appendFile(path.join(it.folder, file), text)

test('what was edited after an update was killed lies in the stash when it is undone', async () => {
  const it = await oldService()
  const before = await snapshot(it.folder)
  const env = await npmThat(it, 'echo half >package-lock.json; exec sleep 600')
  const running = spawn(process.execPath, [PROGRAM, 'update'], {
    cwd: it.folder,
    env: { ...process.env, ...env, GIT_AUTHOR_NAME: 'Ana', GIT_AUTHOR_EMAIL: 'ana@shelf.example' },
    detached: true,
    stdio: 'ignore',
  })
  const ended = new Promise((settle) => running.once('exit', settle))
  try {
    const lockfile = path.join(it.folder, 'package-lock.json')
    await until(async () => (await readFile(lockfile, 'utf8').catch(() => '')) === 'half\n')
  } finally {
    if (running.pid !== undefined) process.kill(-running.pid, 'SIGKILL')
  }
  await ended
  await edit(it, 'src/main.ts', '// mine\n')
  await edit(it, 'config.yaml', '# mine\n')
  await edit(it, 'notes.txt', 'mine\n')

  const { code, out, err } = await it.plinth('update', '--abort')
  assert.equal(code, 0, err)
  assert.match(
    out,
    /^What was in no commit on plinth-update-0\.1\.0 lies in git's stash: .*drop\.$/m,
  )
  assert.deepEqual(await snapshot(it.folder), before)
  assert.equal(await it.git('branch', '--format=%(refname:short)'), 'main')
  const kept = await it.git('stash', 'show', '--patch', '--include-untracked')
  for (const file of ['src/main.ts', 'config.yaml', 'notes.txt'])
    assert.match(kept, new RegExp(`b/${file}\\n[\\s\\S]*?^\\+(# |// )?mine$`, 'm'), file)
})

test('an update that was killed when a commit was made and not yet noted is undone like any other', async () => {
  const it = await oldService()
  const before = await snapshot(it.folder)
  const script =
    'PATH="${PATH#*:}"; git "$@"; is=$?; case "$*" in *" commit "*) kill -9 $PPID;; esac; exit $is'
  const env = await programThat(it, 'git', script)
  await it.run(process.execPath, [PROGRAM, 'update', '--no-install'], env)
  assert.equal(
    await it.git('log', '--format=%s', 'main..plinth-update-0.1.0'),
    'build: Plinth 0.1.0',
  )
  await it.git('commit', '--quiet', '--allow-empty', '--message=own')
  const kept = await it.plinth('update', '--abort')
  assert.deepEqual(
    [kept.code, /has commits that the update did not make/.test(kept.err)],
    [2, true],
  )
  await it.git('reset', '--quiet', '--hard', 'HEAD~1')

  const { code, err } = await it.plinth('update', '--abort')
  assert.equal(code, 0, err)
  assert.deepEqual(await snapshot(it.folder), before)
  assert.equal(await it.git('branch', '--format=%(refname:short)'), 'main')
})

test('hooks of the owner that fail stop no update, and no way back', async () => {
  const it = await oldService()
  const before = await snapshot(it.folder)
  const hooks = path.join(it.folder, '.git/hooks')
  for (const name of ['post-checkout', 'pre-commit', 'prepare-commit-msg', 'post-commit']) {
    await write(hooks, new Map([[name, '#!/bin/sh\nexit 2\n']]))
    await it.run('chmod', ['+x', path.join(hooks, name)])
  }
  const { code, err } = await it.plinth('update', '--no-install')
  assert.equal(code, 0, err)
  assert.equal((await it.plinth('update', '--abort')).code, 0)
  assert.deepEqual(await snapshot(it.folder), before)
})

test('a damaged note of an update is said, with the file', async () => {
  const it = await oldService()
  await writeFile(path.join(it.folder, '.git/plinth-update.json'), '{"from":')
  for (const words of [[], ['--abort'], ['--continue']]) {
    const { code, err } = await it.plinth('update', ...words)
    assert.deepEqual([code, err.split('\n').length], [2, 1], err)
    assert.match(
      err,
      /plinth-update\.json, the note of an update .* is damaged; look at `git status`/,
    )
  }
})

test('half a solution of a conflict, and what was edited beside it, lie in the stash; no edit, no stash', async () => {
  const it = await oldService((files) => {
    for (const folder of ['', '.plinth/base/'])
      files.set(`${folder}AGENTS.md`, 'One\n\nTwo lines\n\nEnd of it\n')
    files.set('AGENTS.md', 'One of mine\n\nTwo lines\n\nEnd of it\n')
  })
  const before = await snapshot(it.folder)
  await it.plinth('update', '--no-install')
  const plain = JSON.parse((await it.plinth('update', '--abort', '--json')).out)
  assert.deepEqual(plain, {
    code: 'aborted',
    branch: 'main',
    removed: 'plinth-update-0.1.0',
    stashed: false,
  })
  assert.equal(await it.git('stash', 'list'), '')

  await it.plinth('update', '--no-install')
  await writeFile(path.join(it.folder, 'AGENTS.md'), 'Chosen\n')
  await edit(it, 'src/main.ts', '// mine\n')
  const { stashed } = JSON.parse((await it.plinth('update', '--abort', '--json')).out)
  assert.equal(stashed, true)
  assert.deepEqual(await snapshot(it.folder), before)
  assert.equal(await it.git('show', 'stash@{0}:AGENTS.md'), 'Chosen')
  assert.match(await it.git('show', 'stash@{0}:src/main.ts'), /^\/\/ mine$/m)
})

test('what is edited while packages are installed is in no commit of the update, and stays', async () => {
  const it = await oldService()
  const script = 'echo whole >package-lock.json; echo "// mine" >>src/main.ts; echo mine >notes.txt'
  const run = async (env: NodeJS.ProcessEnv) => it.run(process.execPath, [PROGRAM, 'update'], env)
  const done = await run(await npmThat(it, script))
  assert.equal(done.code, 0, done.err)
  assert.equal(await it.git('status', '--porcelain'), 'M src/main.ts\n?? notes.txt')
  assert.equal(await it.git('show', 'HEAD~2:package-lock.json'), 'whole')
  const refused = await it.plinth('update', '--abort')
  assert.deepEqual([refused.code, /git stash -u/.test(refused.err)], [2, true], refused.err)

  await it.git('stash', '--include-untracked')
  assert.equal((await it.plinth('update', '--abort')).code, 0)
  const failed = await run(await npmThat(it, `${script}; echo E404 >npm.log; exit 1`))
  assert.equal(failed.code, 1, failed.err)
  assert.equal(await it.git('status', '--porcelain'), 'M src/main.ts\n?? notes.txt')
})

test('a shared file that its owner moved is merged in its new place, or named where that is the owner’s', async () => {
  const realm = 'infra/keycloak/test-realm-realm.json'
  // As if the template had had another text of it then.
  const it = await oldService((files) => {
    const text = (files.get(realm) ?? '').replace('"enabled": true', '"enabled": false')
    for (const folder of ['', '.plinth/base/']) files.set(`${folder}${realm}`, text)
    const manifest = JSON.parse(files.get('.plinth/manifest.json') ?? '')
    manifest.files[realm].sha256 = sha256(text)
    files.set('.plinth/manifest.json', JSON.stringify(manifest))
  })
  const old = (file: string) => path.join(it.folder, file)
  const had = await readFile(old(realm), 'utf8')
  await mkdir(old('infra/login'))
  await rename(old(realm), old('infra/login/realm.json'))
  await mkdir(old('deploy'))
  await rename(old('.env.example'), old('deploy/env.example'))
  await edit(it, 'deploy/env.example', 'MINE=1\n')
  const mine = await readFile(old('deploy/env.example'), 'utf8')
  await rm(old('tsconfig.json'))
  await it.git('add', '--all')
  await it.git('commit', '--quiet', '--message=Moved')

  const { code, out, err } = await it.plinth('update', '--no-install')
  assert.equal(code, 0, out + err)
  assert.match(out, /^ {2}renews +infra\/login\/realm\.json$/m)
  assert.match(
    out,
    /^ {2}keeps +\.env\.example: you moved it to deploy\/env\.example, where it is yours/m,
  )
  assert.match(out, /^ {2}keeps +tsconfig\.json: you removed it/m)
  const now = await readFile(old('infra/login/realm.json'), 'utf8')
  assert.notEqual(now, had)
  assert.equal(now, await readFile(old(`.plinth/base/${realm}`), 'utf8'))
  assert.equal(await readFile(old('deploy/env.example'), 'utf8'), mine)
  for (const gone of [realm, '.env.example', 'tsconfig.json'])
    await assert.rejects(readFile(old(gone)), { code: 'ENOENT' })
  assert.equal((await it.plinth('update', '--check')).code, 0)
})
