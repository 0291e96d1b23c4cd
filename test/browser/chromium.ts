import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { chromium } from 'playwright-core'

const KNOWN = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const path = [process.env['PLINTH_CHROMIUM'], ...KNOWN].find(
  (candidate) => candidate !== undefined && existsSync(candidate),
)

/** Why browser tests are skipped; false when there is a browser. */
export const noChromium =
  path === undefined &&
  'Chromium is missing: install it with "apt-get install chromium", or name it in PLINTH_CHROMIUM.'

/** Milliseconds: much longer than any of it takes, so that it says something even where all else is slow. */
const [START_MS, STEP_MS] = [180_000, 90_000]
const program = { ...(path !== undefined && { executablePath: path }), timeout: START_MS }

/** Starts the system's Chromium without a window. */
export function openChromium(): Promise<Browser> {
  return chromium.launch(program).catch(didNotStart)
}

function didNotStart(cause: unknown): never {
  const what = 'it may lack memory, room in /tmp or a library; what it said follows'
  throw new Error(`Chromium (${path}) did not start: ${what}.`, { cause })
}

/** A browser that sends cookies to other sites too, as many are set to do. */
export async function openPermissive(
  options: BrowserContextOptions,
): Promise<AsyncDisposable & { readonly window: BrowserContext }> {
  const profile = await mkdtemp(join(tmpdir(), 'plinth-chromium-'))
  await mkdir(join(profile, 'Default'))
  const preferences = JSON.stringify({ profile: { cookie_controls_mode: 0 } })
  await writeFile(join(profile, 'Default', 'Preferences'), preferences)
  const window = await chromium
    .launchPersistentContext(profile, { ...program, ...options })
    .catch(didNotStart)
  return {
    window,
    async [Symbol.asyncDispose]() {
      await window.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}

/** A page in a fresh profile, and everything that went wrong on it. */
export interface WatchedPage {
  readonly page: Page
  /** Violations of a Content-Security-Policy and uncaught errors, as the console words them. */
  readonly faults: string[]
}

/** Opens a page that remembers what its console complained about. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  return watch(await (await browser.newContext(options)).newPage())
}

/** Remembers what the console of a page complains about from now on. */
export function watch(page: Page): WatchedPage {
  page.context().setDefaultTimeout(STEP_MS)
  const faults: string[] = []
  page.on('crash', () => faults.push('the page crashed: Chromium may lack memory'))
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (/content security policy|refused to/i.test(message.text())) faults.push(message.text())
  })
  return { page, faults }
}
