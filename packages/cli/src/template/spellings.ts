import type { PackageManager } from './answers.ts'

/** How one package manager says what npm says. */
export interface Spelling {
  /** Installs what package.json names. */
  readonly install: string
  /** The same, and writes the lockfile anew even where the environment says that this is a CI. */
  readonly relock: string
  /** Installs exactly what the lockfile names. */
  readonly installLocked: string
  /** Runs a script of package.json: put its name behind. */
  readonly run: string
  /** Runs a program of an installed package: put its name behind. */
  readonly exec: string
  readonly lockfile: string
  /** Puts it on a machine that has only Node and npm; npm itself is there. */
  readonly setUp?: string
  /** A file that tells it what a service needs. */
  readonly settings?: { readonly file: string; readonly text: string }
}

/**
 * The compiler and Node's own TypeScript look for packages in node_modules. Yarn would keep its state in a
 * folder of its own, which nobody commits.
 */
const YARN_SETTINGS = `# Node and the compiler find packages in node_modules; Plug'n'Play would hide them.
nodeLinker: node-modules
installStatePath: node_modules/.yarn-install-state.gz
`

/** Each package manager's own words. */
export const SPELLINGS: Readonly<Record<PackageManager, Spelling>> = {
  npm: {
    install: 'npm install',
    relock: 'npm install',
    installLocked: 'npm ci',
    run: 'npm run',
    exec: 'npx',
    lockfile: 'package-lock.json',
  },
  pnpm: {
    install: 'pnpm install',
    relock: 'pnpm install --no-frozen-lockfile',
    installLocked: 'pnpm install --frozen-lockfile',
    run: 'pnpm run',
    exec: 'pnpm exec',
    lockfile: 'pnpm-lock.yaml',
    setUp: 'npm install --global pnpm@10',
  },
  yarn: {
    install: 'yarn install',
    relock: 'yarn install --no-immutable',
    installLocked: 'yarn install --immutable',
    run: 'yarn run',
    exec: 'yarn',
    lockfile: 'yarn.lock',
    setUp: 'corepack enable',
    settings: { file: '.yarnrc.yml', text: YARN_SETTINGS },
  },
  bun: {
    install: 'bun install',
    relock: 'bun install',
    installLocked: 'bun install --frozen-lockfile',
    run: 'bun run',
    exec: 'bunx',
    lockfile: 'bun.lock',
    setUp: 'npm install --global bun',
  },
}

/** The commands that the template spells for npm, as another package manager spells them. */
export function respell(text: string, packageManager: PackageManager): string {
  if (packageManager === 'npm') return text
  const { install, installLocked, run, exec, lockfile } = SPELLINGS[packageManager]
  return text
    .replace(/\bnpm install\b/g, install)
    .replace(/\bnpm ci\b/g, installLocked)
    .replace(/\bnpm run\b/g, run)
    .replace(/\bnpm (test|start)\b/g, `${run} $1`)
    .replace(/\bnpx (?=plinth\b)/g, `${exec} `)
    .replace(/\bpackage-lock\.json\b/g, lockfile)
}

/** The same in a workflow, whose machine has to get the package manager first. */
export function respellWorkflow(text: string, packageManager: PackageManager): string {
  const { setUp, installLocked } = SPELLINGS[packageManager]
  return respell(text, packageManager).replaceAll(
    `run: ${installLocked}`,
    setUp === undefined ? `run: ${installLocked}` : `run: ${setUp} && ${installLocked}`,
  )
}
