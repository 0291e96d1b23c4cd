import { randomInt } from 'node:crypto'
import type { Log, Resource } from '../../feature/index.ts'
import { resource } from '../../feature/index.ts'
import type { Provider } from './provider.ts'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/**
 * One provider as `/health/ready` sees it: usable when its endpoints and keys are known. A provider
 * that is down at start does not stop the process: it is asked again, ever more seldom, with jitter
 * so that many processes do not ask at once.
 */
export function providerReadiness(
  provider: Provider,
  log: Log,
  firstPauseMs = FIRST_PAUSE_MS,
): Resource {
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const check = async () => {
    await provider.metadata()
    // An oauth2 provider signs nothing.
    if (provider.protocol === 'openid') await provider.keys.warm()
  }

  async function warmUp(pauseMs: number): Promise<void> {
    try {
      await check()
    } catch (error) {
      log.warn({ provider: provider.name, error }, 'identity provider is not ready')
      if (closed) return
      const next = () => void warmUp(Math.min(pauseMs * 2, LONGEST_PAUSE_MS))
      timer = setTimeout(next, pauseMs + randomInt(pauseMs))
      timer.unref()
    }
  }

  return resource(`oidc.${provider.name}`, {
    open: async () => void warmUp(firstPauseMs),
    close: async () => {
      closed = true
      clearTimeout(timer)
    },
    check,
  })
}
