import type { Page } from 'playwright-core'
import type { AuthClient } from '../../clients/typescript/src/index.ts'
import { CLIENT } from './client-files.ts'

type ClientMethods = { readonly [K in keyof AuthClient]: AuthClient[K] }

/** What came of a call in a page: a value (the status of a `Response`), or an error. */
export interface Called {
  readonly value?: unknown
  readonly error?: { readonly name: string; readonly message: string; readonly status?: number }
}

/** Calls a method of a page's client. */
export type CallClient = <K extends keyof ClientMethods>(
  page: Page,
  method: K,
  ...args: Parameters<ClientMethods[K]>
) => Promise<Called>

/** Calls a method of the page's one client of the service at a URL, and hands back what came of it. */
export function callClient<K extends keyof ClientMethods>(
  page: Page,
  url: string,
  method: K,
  ...args: Parameters<ClientMethods[K]>
): Promise<Called> {
  return page.evaluate(
    async ([at, base, name, given]) => {
      const holder = globalThis as { client?: Record<string, (...args: unknown[]) => unknown> }
      const { AuthClient: Client } = await import(at)
      holder.client ??= new Client(base)
      try {
        const value = await holder.client?.[name]?.(...given)
        return { value: value instanceof Response ? value.status : value }
      } catch (error) {
        const { name: kind, message, status } = error as Error & { status?: number }
        return { error: { name: kind, message, ...(status && { status }) } }
      }
    },
    [CLIENT, url, method, args] as const,
  )
}
