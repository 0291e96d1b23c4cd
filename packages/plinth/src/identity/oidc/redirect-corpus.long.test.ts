import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { safeReturnTo } from './return-to.ts'

// The corpus that oauth2-proxy grew over five rounds of redirect advisories. It is fetched as the Go
// module it is part of, which its checksum database pins, and not copied into this repository.
const MODULE = 'github.com/oauth2-proxy/oauth2-proxy/v7@v7.6.0'
const LEAST_LINES = 550

const own = 'https://app.example'
const rule = { ownOrigin: own, allowedOrigins: [], fallback: '/home' }

const go = process.env['PLINTH_TEST_GO']

test('RT-08 no line of a public corpus of open redirects leaves the origin', {
  skip: go ? false : 'Go is not installed, which fetches the corpus',
}, async () => {
  const lines = await corpus(go ?? '')
  assert.ok(lines.length >= LEAST_LINES, `the corpus has only ${lines.length} lines`)
  const leaving = lines.filter((line) => URL.parse(line, own)?.origin !== own)
  assert.ok(leaving.length > 300, 'a corpus that leads nowhere proves nothing')
  for (const line of lines) {
    const location = safeReturnTo(line, rule)
    for (const reading of [location, decoded(location)]) {
      assert.equal(new URL(reading, `${own}/auth/web/callback`).origin, own, JSON.stringify(line))
    }
  }
})

const DOWNLOADS = 3

async function corpus(program: string): Promise<readonly string[]> {
  const stdout = await downloaded(program)
  const { Dir: folder } = JSON.parse(stdout)
  const text = await readFile(path.join(folder, 'testdata', 'openredirects.txt'), 'utf8')
  return text.split('\n').filter((line) => line !== '')
}

/** What Go says of the module; a download that failed by itself is tried once more. */
async function downloaded(program: string, tried = 1): Promise<string> {
  try {
    return (await promisify(execFile)(program, ['mod', 'download', '-json', MODULE])).stdout
  } catch (error) {
    if (tried === DOWNLOADS) throw error
    await sleep(tried * 2_000)
    return downloaded(program, tried + 1)
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
