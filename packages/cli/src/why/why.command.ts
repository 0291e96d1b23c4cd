import { defineCommand } from 'citty'
import { misuse } from '../cli-error.ts'
import { devFolder } from '../dev/dev-folder.ts'
import { say } from '../dev/terminal.ts'
import { withProgress } from '../progress.ts'
import type { WhyReport } from './why-report.ts'

const METHOD = /^(GET|HEAD|POST|PUT|PATCH|DELETE)$/i

/** `plinth why GET /api/v1/products/low-stock`: everything that decides about a route. */
export const whyCommand = defineCommand({
  meta: {
    description:
      'Say who may call a route and by which line, how its tenant is found, its limits, and what it costs the database',
  },
  args: {
    method: { type: 'positional', required: true, description: 'GET, POST, …; may be left out' },
    path: {
      type: 'positional',
      required: false,
      description: 'A path or its pattern; the plan is that of its query',
    },
    json: { type: 'boolean', description: 'Print JSON' },
  },
  async run({ args }) {
    const asked = askedFor(args.method, args.path)
    const { askService } = await import('../service-process/ask-service.ts')
    const { service } = devFolder()
    const work = askService({ kind: 'why', service, details: asked })
    const report = await withProgress('Asking the service', work)
    if (report.routes.length === 0) throw misuse(unknown(asked, report))
    if (args.json) {
      say(JSON.stringify(report))
      return
    }
    const { reasonsText } = await import('./render-why.ts')
    for (const note of report.notes) say(`note  ${note}`)
    say(report.routes.map(reasonsText).join('\n\n'))
  },
})

interface Asked {
  readonly method: string | undefined
  readonly path: string
}

function askedFor(first: string, second: string | undefined): Asked {
  if (second !== undefined && !METHOD.test(first))
    throw misuse(`"${first}" is no method; say \`plinth why GET ${second}\`.`)
  const path = second ?? first
  if (path.startsWith('/'))
    return { method: second === undefined ? undefined : routed(first.toUpperCase()), path }
  throw misuse(
    `"${path}" is no path: it begins with a slash, as in \`plinth why GET /api/v1/products\`.`,
  )
}

/** What answers GET answers HEAD. */
function routed(method: string): string {
  return method === 'HEAD' ? 'GET' : method
}

function unknown({ method, path }: Asked, { nearest }: WhyReport): string {
  const asked = method === undefined ? path : `${method} ${path}`
  if (nearest.length === 0) return `There is no route ${asked}; \`plinth routes\` lists all.`
  return `There is no route ${asked}; the nearest: ${nearest.map((one) => `\`${one}\``).join(', ')}.`
}
