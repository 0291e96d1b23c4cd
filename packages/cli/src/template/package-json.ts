import type { Answers } from './answers.ts'

/** The name that the template itself goes by. */
export const TEMPLATE_NAME = 'my-service'

/** Packages of Plinth that a service names, and the file that `npm pack` makes of each. */
export const TARBALLS: Readonly<Record<string, (version: string) => string>> = {
  plinth: (version) => `plinth-${version}.tgz`,
  '@plinth/cli': (version) => `plinth-cli-${version}.tgz`,
}

/** The template's package.json as a service's own: its name, and where its packages come from. */
export function packageJson(text: string, answers: Answers): string {
  const named = text.replace(`"name": "${TEMPLATE_NAME}"`, `"name": "${answers.name}"`)
  if (answers.packages === 'registry') return named
  return Object.entries(TARBALLS).reduce(
    (so, [name, file]) =>
      so.replace(
        new RegExp(`("${name}": )"([^"]+)"`),
        (_all, key: string, version: string) => `${key}"file:vendor/${file(version)}"`,
      ),
    named,
  )
}
