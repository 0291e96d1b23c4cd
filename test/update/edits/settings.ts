import { edits, rewrite, rewriteJson } from './edit.ts'

const CONFIG = 'config.yaml'
const PACKAGE = 'package.json'

/** What a person changes in the files of settings. */
export const settings = [
  ...edits('config.yaml', {
    'a value': (files) =>
      rewrite(files, CONFIG, (text) =>
        text.replace('http://localhost:8000', 'https://shelf.example'),
      ),
    'a setting in a block': (files) =>
      rewrite(files, CONFIG, (text) => text.replace('  app:\n', '  app:\n    port: 9000\n')),
    'a block at the end': (files) =>
      rewrite(files, CONFIG, (text) => `${text}\n  logging:\n    level: warning # quiet nights\n`),
    'a second provider': (files) =>
      rewrite(files, CONFIG, (text) =>
        text.replace(
          '    providers:\n',
          '    providers:\n      google:\n        issuer: https://accounts.google.com\n        client_id: ${GOOGLE_ID:-}\n        client_secret: ${GOOGLE_SECRET:-}\n',
        ),
      ),
    'another name of the service': (files) =>
      rewrite(files, CONFIG, (text) =>
        text.includes('    name:')
          ? text.replace(/^ {4}name: .*$/m, '    name: The long shelf')
          : text.replace('  app:\n', '  app:\n    name: The long shelf\n'),
      ),
    'comments of their own, the template’s removed': (files) =>
      rewrite(
        files,
        CONFIG,
        (text) => `# Ask Ana before you change this.\n${text.replaceAll(/^ *# .*\n/gm, '')}`,
      ),
  }),
  ...edits('package.json', {
    'name, description and licence': (files) =>
      rewriteJson(files, PACKAGE, (it) => ({
        ...it,
        name: 'the-shelf',
        description: 'Where things stand',
        license: 'UNLICENSED',
      })),
    'scripts of their own': (files) =>
      rewriteJson(files, PACKAGE, (it) => ({
        ...it,
        scripts: { ...it['scripts'], deploy: 'bash deploy.sh', lint: 'eslint .' },
      })),
    'another test script': (files) =>
      rewriteJson(files, PACKAGE, (it) => ({
        ...it,
        scripts: { ...it['scripts'], test: 'node --test --test-reporter=dot "src/**/*.test.ts"' },
      })),
    'the check script extended': (files) =>
      rewriteJson(files, PACKAGE, (it) => ({
        ...it,
        scripts: { ...it['scripts'], check: 'tsc -p . && eslint .' },
      })),
    'dependencies of their own': (files) =>
      rewriteJson(files, PACKAGE, (it) => ({
        ...it,
        dependencies: { 'date-fns': '^4.1.0', ...it['dependencies'], stripe: '^19.0.0' },
      })),
    'a newer dependency than the template’s': (files) =>
      rewriteJson(files, PACKAGE, (it) => ({
        ...it,
        dependencies: { ...it['dependencies'], kysely: '0.30.0' },
      })),
    'ranges instead of versions': (files) =>
      rewriteJson(files, PACKAGE, (it) => ({
        ...it,
        dependencies: { ...it['dependencies'], zod: '^4.0.0', fastify: '^5.0.0' },
      })),
    'TypeScript among the dependencies': (files) =>
      rewriteJson(files, PACKAGE, ({ devDependencies, dependencies, ...it }) => {
        const { typescript, ...others } = devDependencies ?? {}
        return { ...it, dependencies: { ...dependencies, typescript }, devDependencies: others }
      }),
  }),
  ...edits('tsconfig.json', {
    'a stricter compiler': (files) =>
      rewriteJson(files, 'tsconfig.json', (it) => ({
        ...it,
        compilerOptions: { ...it['compilerOptions'], noUnusedLocals: true },
      })),
    'another folder': (files) =>
      rewriteJson(files, 'tsconfig.json', (it) => ({ ...it, include: ['src', 'tests', 'tools'] })),
    'comments in it': (files) =>
      rewrite(files, 'tsconfig.json', (text) =>
        text.replace('    "strict"', '    // all of it\n    "strict"'),
      ),
  }),
  ...edits('.env.example and other lists', {
    'variables at the end': (files) =>
      rewrite(files, '.env.example', (text) => `${text}STRIPE_KEY=\n# SENTRY_DSN=\n`),
    'values filled in': (files) =>
      rewrite(files, '.env.example', (text) =>
        text.replace('https://app.example.com', 'https://shelf.example'),
      ),
    'no .env.example': (files) => files.delete('.env.example'),
    'more in .gitignore': (files) =>
      rewrite(files, '.gitignore', (text) => `${text}coverage/\n.idea/\n`),
    'another .gitignore': (files) =>
      files.set('.gitignore', '# ours\n/node_modules\n/.env\n/.plinth/dev\n'),
  }),
]
