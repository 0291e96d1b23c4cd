import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { read, repositoryFiles } from '../gates/source/files.ts'

const files = repositoryFiles()
const PAGES = files.filter((file) =>
  /^(README|SECURITY|CONTRIBUTING|CHANGELOG)\.md$|^docs\/.*\.md$/.test(file),
)
const WRITTEN = PAGES.filter((page) => !/^docs\/(configuration|errors)\.md$/.test(page))

/** Anchors of a page, as they are made from its headings. */
const anchorsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )

/** The parts that a reader sees as text: no fenced block. */
const proseOf = (page: string): string => read(page).replace(/^```[\s\S]*?^```$/gm, '')

test('every link between the documents leads to a file, and to a heading that is there', () => {
  const broken = PAGES.flatMap((page) =>
    [...proseOf(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)]
      .filter(([, file = '', anchor]) => {
        const target = file === '' ? page : path.posix.join(path.posix.dirname(page), file)
        if (!files.includes(target)) return true
        return anchor !== undefined && !anchorsOf(read(target)).includes(anchor)
      })
      .map(([link]) => `${page} ${link}`),
  )
  assert.deepEqual(broken, [])
})

/** What begins like a setting and is none: hosts of examples, a table, a part of the database's own interface, a mail. */
const NO_SETTINGS = ['app.example.com', 'app.products', 'database.statistics', 'people.invitation']

test('every setting that a document names is one of the configuration', () => {
  const errors = read('docs/errors.md')
  const configuration = read('docs/configuration.md')
  const sections = [...configuration.matchAll(/^## (\w+)$/gm)].map(([, name = '']) => name)
  const names = new RegExp(`\`((?:${sections.join('|')})(?:\\.[a-z0-9_]+)+)(?:: [^\`]*)?\``, 'g')
  const known = (name: string) =>
    [`\`${name}\``, `\`${name}.`].some((text) => configuration.includes(text)) ||
    errors.includes(`\`${name}\``) ||
    NO_SETTINGS.includes(name)
  const unknown = WRITTEN.flatMap((page) =>
    [...proseOf(page).matchAll(names)]
      .map(([, name = '']) => name)
      .filter((name) => !known(name))
      .map((name) => `${page} ${name}`),
  )
  assert.deepEqual(unknown, [])
})

/** Routes that a service has in another mode than the template's, or once it declares settings of its tenants. */
const ELSEWHERE = ['POST /tenants', 'PUT /tenants/*/settings']

test('every route of the platform that a document names is there', () => {
  const routes = read('template/src/generated/routes.txt')
  const shapes = [...routes.matchAll(/^([A-Z]+) +(\S+)/gm)].map(
    ([, method, url = '']) => `${method} ${shapeOf(url)}`,
  )
  const unknown = WRITTEN.flatMap((page) =>
    [...proseOf(page).matchAll(/`(GET|POST|PUT|PATCH|DELETE) (\/[\w./:{}*?-]+)`/g)]
      .map(([, method, url = '']) => `${method} ${shapeOf(url)}`)
      .filter((route) => /\/(auth|oauth|tenants|api\/v1\/(?!products))/.test(route))
      .filter((route) => !shapes.includes(route) && !ELSEWHERE.includes(route))
      .map((route) => `${page} ${route}`),
  )
  assert.deepEqual(unknown, [])
})

/** A path with its parameters alike, however they are called. */
const shapeOf = (url: string): string => url.replace(/\?.*$/, '').replace(/:\w+|\{\w+\}/g, '*')
