import { edits, type Files, rewrite, rewriteJson } from './edit.ts'

/** What a person changes around the code. */
export const surroundings = [
  ...edits('README and other documents', {
    'a README of their own': (files) =>
      files.set('README.md', '# The shelf\n\nWhere things stand. Ask Ana.\n'),
    'a section in the README': (files) =>
      rewrite(files, 'README.md', (text) => `${text}\n## On call\n\nAna, then Ben.\n`),
    'a line in AGENTS.md': (files) =>
      rewrite(files, 'AGENTS.md', (text) => `${text}- Prices are in cents.\n`),
    'documents of their own': (files) => files.set('docs/decisions.md', '# Decisions\n'),
  }),
  ...edits('containers and infrastructure', {
    'another base image': (files) =>
      rewrite(files, 'Dockerfile', (text) =>
        text.replace('node:24-slim', 'registry.shelf.example/node:24'),
      ),
    'another start command': (files) =>
      rewrite(files, 'Dockerfile', (text) =>
        text.replace('["node", "src/main.ts"]', '["./start.sh"]'),
      ),
    'another command in compose': (files) =>
      rewrite(files, 'compose.yaml', (text) => text.replace('["node", ', '["node", "--inspect", ')),
    'a Dockerfile of their own': (files) =>
      files.set('Dockerfile', 'FROM debian:13\nCOPY . /srv\nCMD ["node", "/srv/src/main.ts"]\n'),
    'a service beside it in compose': (files) =>
      extendCompose(files, '  mail:\n    image: axllent/mailpit\n'),
    'another port in compose': (files) =>
      rewrite(files, 'compose.yaml', (text) => text.replace('8000:8000', '9000:8000')),
    'another user in the realm': (files) => {
      for (const path of ['infra/keycloak/test-realm-realm.json', 'infra/realm.json'])
        rewriteJson(files, path, (it) => ({ ...it, displayName: 'The shelf' }))
    },
    'infrastructure of their own': (files) =>
      files.set('infra/terraform/main.tf', 'terraform {}\n'),
  }),
  ...edits('workflows', {
    'a step in ci.yml': (files) =>
      rewrite(files, '.github/workflows/ci.yml', (text) => `${text}      - run: npx eslint .\n`),
    'a workflow of their own': (files) =>
      files.set('.github/workflows/deploy.yml', 'on: push\njobs: {}\n'),
    'no weekly update': (files) => files.delete('.github/workflows/plinth-update.yml'),
  }),
  ...edits('line endings and layout', {
    'every file with Windows line endings': (files) => {
      for (const path of [...files.keys()]) rewrite(files, path, windows)
    },
    'package.json by tabs': (files) =>
      rewrite(files, 'package.json', (text) => `${JSON.stringify(JSON.parse(text), null, '\t')}\n`),
    'package.json sorted': (files) =>
      rewriteJson(files, 'package.json', (it) =>
        Object.fromEntries(Object.entries(it).sort(([a], [b]) => a.localeCompare(b))),
      ),
    'no line break at the end of files': (files) => {
      for (const path of ['package.json', 'config.yaml', '.env.example', 'tsconfig.json'])
        rewrite(files, path, (text) => text.trimEnd())
    },
  }),
]

function windows(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n')
}

function extendCompose(files: Files, service: string): void {
  const text = files.get('compose.yaml')
  files.set('compose.yaml', text === undefined ? `services:\n${service}` : `${text}${service}`)
}
