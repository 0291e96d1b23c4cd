import { existsSync } from 'node:fs'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { chromium } from 'playwright-core'

const KNOWN = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const path = [process.env['PLINTH_CHROMIUM'], ...KNOWN].find(
  (candidate) => candidate !== undefined && existsSync(candidate),
)

/** Why browser tests are skipped; false when there is a browser. */
export const noChromium =
  path === undefined &&
  'Chromium is missing: install it with "apt-get install chromium", or name it in PLINTH_CHROMIUM.'

/** Starts the system's Chromium without a window. */
export function openChromium(): Promise<Browser> {
  return chromium.launch(path === undefined ? {} : { executablePath: path })
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
  const context = await browser.newContext(options)
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (/content security policy|refused to/i.test(message.text())) faults.push(message.text())
  })
  return { page, faults }
}
