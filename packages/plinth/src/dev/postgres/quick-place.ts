import { statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'

const MEMORY = '/dev/shm'

/**
 * Where data that is thrown away is written fastest: in memory, where that has room for it (containers
 * often give it 64 MiB), else in the folder for temporary files.
 * @param bytes what it may grow to
 */
export async function quickPlace(bytes: number): Promise<string> {
  const memory = await statfs(MEMORY).catch(() => undefined)
  const enough = memory !== undefined && memory.bavail * memory.bsize >= bytes
  return enough ? MEMORY : tmpdir()
}
