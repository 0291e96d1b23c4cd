// A caller in a process of its own: node flood-client.ts <url> <requests per second> <header: value>...
import { Agent, request } from 'node:http'

const [url = '', perSecond = '100', ...lines] = process.argv.slice(2)
const headers = Object.fromEntries(
  lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
)
const agent = new Agent({ keepAlive: true, maxSockets: 50 })
const TICK_MS = 20
const perTick = (Number(perSecond) * TICK_MS) / 1_000

let owed = 0
setInterval(() => {
  owed += perTick
  for (; owed >= 1; owed -= 1) {
    request(url, { headers, agent }, (answer) => {
      process.send?.(answer.statusCode)
      answer.resume()
    })
      .on('error', () => undefined)
      .end()
  }
}, TICK_MS)
