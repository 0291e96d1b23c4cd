import { defineCommand } from 'citty'
import { devFolder } from './dev-folder.ts'
import { ensureSecrets } from './dev-secrets.ts'
import { providerArgument, providerNamed } from './provider-choice.ts'
import { rememberedNeeds } from './remembered-needs.ts'
import { startServices } from './start-services.ts'
import { stopRequested } from './stop-signals.ts'
import { alarming, say } from './terminal.ts'

/** The process behind `plinth dev start-env`: holds the services until it is told to stop. */
export const superviseCommand = defineCommand({
  meta: { description: 'Hold the services in this process', hidden: true },
  args: providerArgument,
  async run({ args }) {
    const stop = stopRequested({ again: () => process.exit(130) })
    const folder = devFolder()
    const secrets = ensureSecrets(folder.secrets)
    const request = { service: folder.service, env: process.env, secrets }
    const provider = await providerNamed(args.provider)
    const needs = await rememberedNeeds(folder.home, request)
    const services = await startServices({ folder, secrets, needs, provider })
    // Without provider and mailbox nothing else would keep this process alive.
    const alive = setInterval(() => undefined, 60_000)
    const why = await Promise.race([stop, services.lost])
    clearInterval(alive)
    if (why !== 'stop') say(alarming(why))
    await services.stop(false)
    process.exit(why === 'stop' ? 0 : 1)
  },
})
