import { setFlagsFromString } from 'node:v8'

/** How V8 grows the space for new objects: each time to twice its size. */
const GROWS = 2
const STAYS = 1

/**
 * Runs something that makes much which stays, such as a service that starts. V8 takes what survives
 * for a sign of load, and makes the space for new objects 16 MB twice over; nothing gives that back.
 * It keeps its size meanwhile, and grows with the load afterwards. Who set the size of that space is
 * not talked over.
 */
export async function withSmallYoungGeneration<T>(run: () => Promise<T>): Promise<T> {
  if (process.execArgv.some((flag) => flag.includes('semi-space'))) return run()
  setFlagsFromString(`--semi-space-growth-factor=${STAYS}`)
  try {
    return await run()
  } finally {
    setFlagsFromString(`--semi-space-growth-factor=${GROWS}`)
  }
}
