import { readFile, stat } from 'node:fs/promises'

/** The text of a file, or why it cannot be had. */
export type FileText =
  | { readonly code: 'text'; readonly text: string }
  | { readonly code: 'absent' }
  | { readonly code: 'refused'; readonly says: string }

/** Reads a UTF-8 file of at most `maxBytes` bytes. */
export async function readSmallFile(path: string, maxBytes: number): Promise<FileText> {
  try {
    const facts = await stat(path)
    if (!facts.isFile()) return { code: 'refused', says: 'is not a file' }
    if (facts.size > maxBytes)
      return { code: 'refused', says: `is larger than ${maxBytes / 1024} KiB` }
    const bytes = await readFile(path)
    if (bytes.includes(0)) return { code: 'refused', says: 'is not UTF-8 text' }
    return { code: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch (error) {
    return failure(error)
  }
}

function failure(error: unknown): FileText {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT' || code === 'ENOTDIR') return { code: 'absent' }
  if (code === 'EACCES' || code === 'EPERM')
    return { code: 'refused', says: 'may not be read by this user' }
  if (error instanceof TypeError) return { code: 'refused', says: 'is not UTF-8 text' }
  return { code: 'refused', says: `cannot be read (${code === '' ? 'unknown error' : code})` }
}
