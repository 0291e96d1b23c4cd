// Loaded before a service (`node --import`): when the service listens, prints what it has loaded, and ends it.
import { writeSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { Server } from 'node:net'

const files = []
registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) files.push(url)
    return next(url, context)
  },
})

const { emit } = Server.prototype
Server.prototype.emit = function emitOrEnd(event, ...rest) {
  if (event !== 'listening') return emit.call(this, event, ...rest)
  const internal = process.moduleLoadList.map((name) => name.split(' ').at(-1))
  writeSync(1, `\n${JSON.stringify({ files, internal })}\n`)
  process.exit(0)
}
