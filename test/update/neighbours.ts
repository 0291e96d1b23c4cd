import type { Move } from '../../packages/cli/src/update/codemods/index.ts'
import type { Release } from '../../packages/cli/src/update/release.ts'

/** A service one step from head: what its template had otherwise, and what the release says of it. */
export interface Neighbour {
  readonly name: string
  /** Head's template as it was one step before. */
  readonly before: (template: ReadonlyMap<string, string>) => ReadonlyMap<string, string>
  /** The release with what only this neighbour has to do with. */
  readonly release: (head: Release) => Release
}

const REALM = 'infra/keycloak/test-realm-realm.json'

/** A setting and its variable by their older names, which the platform still reads. */
const keyRenamed: Neighbour = {
  name: 'key-renamed',
  before: (template) =>
    changed(template, {
      'config.yaml': (text) =>
        text
          .replace('session_signing_secret:', 'session_jwt_secret:')
          .replace('${SESSION_SIGNING_SECRET', '${SESSION_JWT_SECRET'),
      '.env.example': (text) => text.replace('SESSION_SIGNING_SECRET', 'SESSION_JWT_SECRET'),
    }),
  release: (head) => head,
}

const compose = (port: string) =>
  `services:\n  api:\n    build: .\n    ports: ["${port}:8000"]\n    command: ["node", "src/main.ts"]\n`
const dockerfile = (end: string) =>
  `FROM node:24-slim\nWORKDIR /srv\nCOPY package.json ./\nRUN npm ci --omit=dev\nCOPY . .\n${end}\n`

/** Shared files that stand elsewhere now, and whose text is another one as well. */
const filesMoved: Neighbour = {
  name: 'files-moved',
  before: (template) => {
    const files = new Map(template)
    files.set('infra/realm.json', files.get(REALM) ?? '')
    files.delete(REALM)
    files.set('compose.yaml', compose('8000'))
    files.set('Dockerfile', dockerfile('CMD ["node", "src/main.ts"]'))
    return files
  },
  release: (head) => ({
    ...head,
    files: new Map([
      ...head.files,
      ['infra/compose.yaml', `${compose('8000')}    restart: unless-stopped\n`],
      ['Dockerfile', dockerfile('USER node\nCMD ["node", "src/main.ts"]')],
    ]),
    moves: [
      ...head.moves,
      move('infra/realm.json', REALM),
      move('compose.yaml', 'infra/compose.yaml'),
    ],
  }),
}

/** Dependencies one major version behind. */
const dependencyMajor: Neighbour = {
  name: 'dependency-major',
  before: (template) =>
    changed(template, {
      'package.json': (text) =>
        text
          .replace(/("zod": ")[^"]+/, '$13.25.76')
          .replace(/("fastify": ")[^"]+/, '$14.29.1')
          .replace(/("typescript": ")[^"]+/, '$16.0.3'),
    }),
  release: (head) => head,
}

/** Every one of them. */
export const NEIGHBOURS: readonly Neighbour[] = [keyRenamed, filesMoved, dependencyMajor]

function move(from: string, to: string): Move {
  return { version: '0.1.0', from, to }
}

function changed(
  template: ReadonlyMap<string, string>,
  changes: Readonly<Record<string, (text: string) => string>>,
): ReadonlyMap<string, string> {
  return new Map([...template].map(([path, text]) => [path, changes[path]?.(text) ?? text]))
}
