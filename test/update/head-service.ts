import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { writeManifest } from '../../packages/cli/src/template/manifest.ts'
import { installedRelease } from '../../packages/cli/src/update/release.ts'
import { ANSWERS } from './freeze.ts'
import { makeService, type Service, snapshot } from './service.ts'

/** A service as `plinth new` makes it today, in git, with this repository's packages installed. */
export async function headService(): Promise<Service> {
  const { version, files } = await installedRelease(ANSWERS)
  const folder = await mkdtemp(path.join(tmpdir(), 'plinth-head-'))
  try {
    await writeManifest(folder, { plinth: version, answers: ANSWERS, files })
    return await makeService(new Map([...files, ...(await snapshot(folder))]))
  } finally {
    await rm(folder, { recursive: true })
  }
}
