import { stripTypeScriptTypes } from 'node:module'
import path from 'node:path'
import { mask } from './mask.ts'

const STATIC = /(?:^|[\n;])\s*(?:import|export)\b[^'"`;]*?\bfrom\s*(['"])([^'"]+)\1/g
const BARE = /(?:^|[\n;])\s*import\s*(['"])([^'"]+)\1/g
const DYNAMIC = /\bimport\(\s*(['"])([^'"]+)\1/g

/** Every module that a source names, types included. */
export function importsOf(text: string): string[] {
  const code = mask(text, true)
  return [STATIC, BARE, DYNAMIC].flatMap((form) =>
    [...code.matchAll(form)].map((hit) => hit[2] ?? ''),
  )
}

/** The modules that a source loads when it loads: no types, no dynamic imports. */
export function valueImportsOf(text: string): string[] {
  const code = mask(withoutTypes(text), true)
  return [STATIC, BARE].flatMap((form) => [...code.matchAll(form)].map((hit) => hit[2] ?? ''))
}

/** The file that a relative import of `file` names, as a repository path. */
export const resolveRelative = (file: string, specifier: string): string =>
  path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier))

export const isRelative = (specifier: string): boolean => /^\.{1,2}\//.test(specifier)

// Stripping is experimental in this Node only in name; its warning would drown the run.
const withoutTypes = (text: string): string => {
  const warn = process.emitWarning
  process.emitWarning = () => undefined
  try {
    return stripTypeScriptTypes(text)
  } finally {
    process.emitWarning = warn
  }
}
