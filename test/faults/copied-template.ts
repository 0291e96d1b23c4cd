import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ROOT } from '../gates/source/files.ts'
import { compileCache } from './service-process.ts'

const TEMPLATE = path.join(ROOT, 'template')
const PATIENCE_MS = 180_000
const PROCESSOR_MS = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => process.stderr.write('\\ncpu ' + process.cpuUsage().user / 1000))",
)}`

/** A service as `plinth new` would leave it, in a folder of its own. */
export interface CopiedTemplate extends AsyncDisposable {
  readonly folder: string
  /** Replaces one text in config.yaml. */
  edit(from: string, to: string): Promise<void>
  /** `node src/main.ts`, to its end. */
  run(env: Readonly<Record<string, string>>): Promise<Ended>
}

/** How a process ended. */
export interface Ended {
  readonly code: number | null
  /** Everything it wrote to its standard output and standard error. */
  readonly output: string
  /** Milliseconds of processor time in its own code: the wall clock measures other tests too. */
  readonly processorMs: number
}

/** Copies the template; its packages are those of this repository. */
export async function copyTemplate(): Promise<CopiedTemplate> {
  const folder = await mkdtemp(path.join(tmpdir(), 'plinth-template-'))
  for (const name of ['src', 'config.yaml', 'package.json']) {
    await cp(path.join(TEMPLATE, name), path.join(folder, name), { recursive: true })
  }
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
  const config = path.join(folder, 'config.yaml')
  return {
    folder,
    edit: async (from, to) => {
      const text = await readFile(config, 'utf8')
      if (!text.includes(from)) throw new Error(`config.yaml has no "${from}"`)
      await writeFile(config, text.replace(from, to))
    },
    run: (env) => runMain(folder, env),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

function runMain(cwd: string, env: Readonly<Record<string, string>>): Promise<Ended> {
  const args = ['--conditions=plinth-source', '--import', PROCESSOR_MS, 'src/main.ts']
  const child = spawn(process.execPath, args, {
    cwd,
    env: { NODE_COMPILE_CACHE: compileCache(), APP_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const limit = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text
    })
  }
  return new Promise((resolve) => {
    child.once('close', (code) => {
      clearTimeout(limit)
      const [said = '', cpu = 'NaN'] = output.split('\ncpu ')
      resolve({ code, output: said, processorMs: Number.parseFloat(cpu) })
    })
  })
}
