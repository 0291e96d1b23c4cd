import { byCodeUnits } from './feature-modules.ts'
import type { FoundFeature } from './find-features.ts'

type Named = Pick<FoundFeature, 'file' | 'name'>

const LINE_WIDTH = 100
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/

/** The text of `src/generated/registry.ts`, as Biome would format it. */
export function registryText(found: readonly Named[]): string {
  const all = found.map((one) => ({ ...one, local: localName(one, found) }))
  const files = [...new Set(all.map(({ file }) => file))].sort(byCodeUnits)
  const imports = files.map((file) =>
    importLine(
      file,
      all.filter((one) => one.file === file),
    ),
  )
  return `// Made by \`plinth sync\` from the features that modules of src/ export: do not edit, but commit it.
import type { Feature } from 'plinth/feature'
${imports.join('')}
/** Every feature of this service. */
export const registry: readonly Feature[] = [
  // One a line, so that branches merge.
${all.map(({ local }) => `  ${local},\n`).join('')}]
`
}

type Local = Named & { readonly local: string }

function importLine(file: string, names: readonly Local[]): string {
  const parts = names
    .map(({ name, local }) => (name === local ? name : `${name} as ${local}`))
    .sort(byCodeUnits)
  const from = `'${file.replace(/^src\//, '../')}'`
  const line = `import { ${parts.join(', ')} } from ${from}\n`
  if (line.length <= LINE_WIDTH + 1) return line
  return `import {\n${parts.map((part) => `  ${part},\n`).join('')}} from ${from}\n`
}

/** The name of the export; where two modules use the same one, with its module's path behind it. */
function localName({ file, name }: Named, all: readonly Named[]): string {
  const alone = all.filter((other) => other.name === name).length === 1
  if (alone && IDENTIFIER.test(name) && !TAKEN.has(name)) return name
  const words = file.replace(/^src\/|\.ts$/g, '').split(/[^A-Za-z0-9]+/)
  return `${name}Of${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}`
}

const TAKEN = new Set(['default', 'registry', 'Feature'])
