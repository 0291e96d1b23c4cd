import type { CDPSession, Page } from 'playwright-core'

/** A device with passkeys inside Chromium. */
export interface VirtualAuthenticator {
  /** Whether its holder proves who they are when it asks. */
  setUserVerified(is: boolean): Promise<void>
  /** How many passkeys it holds. */
  count(): Promise<number>
  /** Takes its passkeys along to another page, as a person carries a phone. */
  moveTo(page: Page, how?: Plugged): Promise<VirtualAuthenticator>
}

/** How a device is plugged in. */
export interface Plugged {
  /**
   * Whether the browser offers its passkeys where a name is typed. Its holder takes the first offer at
   * once, before a test can do anything else on the page.
   */
  readonly offered?: boolean
}

const OPTIONS = {
  protocol: 'ctap2',
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
} as const

const NEVER_OFFERED = 'PublicKeyCredential.isConditionalMediationAvailable = async () => false'

/** Plugs a device into a page. Its holder is there and proves who they are, unless told otherwise. */
export async function plugIn(page: Page, how: Plugged = {}): Promise<VirtualAuthenticator> {
  if (!how.offered) await page.addInitScript(NEVER_OFFERED)
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: OPTIONS,
  })
  return deviceOf(session, authenticatorId)
}

function deviceOf(session: CDPSession, authenticatorId: string): VirtualAuthenticator {
  const held = async () =>
    (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials
  return {
    setUserVerified: async (isUserVerified) => {
      await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })
    },
    count: async () => (await held()).length,
    moveTo: async (page, how = {}) => {
      if (!how.offered) await page.addInitScript(NEVER_OFFERED)
      const there = await page.context().newCDPSession(page)
      await there.send('WebAuthn.enable')
      const added = await there.send('WebAuthn.addVirtualAuthenticator', { options: OPTIONS })
      for (const credential of await held()) {
        await there.send('WebAuthn.addCredential', {
          authenticatorId: added.authenticatorId,
          credential,
        })
      }
      return deviceOf(there, added.authenticatorId)
    },
  }
}
