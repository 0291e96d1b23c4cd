import { defineCommand } from 'citty'
import { devFolder } from './dev-folder.ts'
import { stopEverything } from './stop-everything.ts'
import { say, whileWaiting } from './terminal.ts'

/** `plinth dev stop`, also spelt `stop-env`. */
export const stopCommand = defineCommand({
  meta: { description: 'Stop everything that runs for this service; data stays' },
  async run() {
    const stopped = await whileWaiting('Stopping', stopEverything(devFolder()))
    say(stopped.length === 0 ? 'Nothing was running.' : `Stopped: ${stopped.join(', ')}.`)
  },
})
