import { z } from 'zod'
import type { PasskeyFault } from './passkeys.events.ts'

const clientData = z.object({
  type: z.string(),
  challenge: z.string(),
  origin: z.string(),
  crossOrigin: z.boolean().optional(),
  topOrigin: z.string().optional(),
})

/** What a browser says of the ceremony, before anything of it is believed. */
export type ClientData = z.output<typeof clientData>

/** Reads `clientDataJSON`; undefined when it is none. */
export function readClientData(text: string): ClientData | undefined {
  try {
    return clientData.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')))
  } catch {
    return undefined
  }
}

/**
 * Refuses a ceremony in a frame of another site. The library lets `crossOrigin` through where the
 * browser names no top origin, and does not look at it at registration (WebAuthn 7.1 step 10, 7.2
 * step 13). No page of ours may be framed, so it is never right.
 */
export function clientDataFault(data: ClientData): PasskeyFault | undefined {
  return data.crossOrigin === true || data.topOrigin !== undefined ? 'cross_origin' : undefined
}
