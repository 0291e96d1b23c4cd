import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CliError } from '../cli-error.ts'
import { withProgress } from '../progress.ts'
import { TARBALLS } from './package-json.ts'
import { checkoutFolder } from './template-files.ts'

/**
 * Packs the packages of this checkout into the folder `vendor` of a service, which names them as files: so a service
 * needs no registry for them. Does nothing from an installed package.
 * @throws CliError with what the build said
 */
export async function vendorPackages(service: string): Promise<void> {
  const checkout = checkoutFolder()
  if (checkout === undefined) return
  const vendor = join(service, 'vendor')
  await mkdir(vendor, { recursive: true })
  const program = join(checkout, 'scripts', 'packed.mjs')
  const only = Object.keys(TARBALLS).flatMap((name) => ['--only', name])
  await withProgress('Packing Plinth', run([program, vendor, '--kept', ...only], checkout))
}

function run(args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  return new Promise((done, fail) => {
    child.once('error', fail)
    child.once('close', (code) => {
      if (code === 0) return done()
      fail(new CliError(`The packages of this checkout could not be packed: ${said.trim()}`))
    })
  })
}
