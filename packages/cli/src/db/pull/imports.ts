import { quoted } from './column-schema.ts'

/** Those of some names that a text of TypeScript uses. */
export function usedOf(names: readonly string[], text: string): string[] {
  return names.filter((name) => new RegExp(`\\b${name}[(\`]`).test(text))
}

/** The line that imports names; nothing for none. */
export function importLine(names: readonly string[], from: string): string {
  return names.length === 0 ? '' : `import { ${names.join(', ')} } from ${quoted(from)}\n`
}
