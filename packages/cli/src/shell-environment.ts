import { delimiter } from 'node:path'

// What tells npm where it gets packages from; all else that a package manager exports are settings of the folder it
// runs in, and a service has its own.
const KEPT =
  /^npm_config_(registry|cafile|cache|userconfig|globalconfig|proxy|https_proxy|noproxy)$/i
// The programs of this checkout, and those that `npm create` fetched for a moment.
const BORROWED = /[\\/]node_modules[\\/]/

/**
 * The environment of this process without what a package manager, a test run or this repository's own scripts put
 * there: a person's own shell. npm must run on the machine's Node, for its settings are found beside it.
 */
export function shellEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: options, NODE_TEST_CONTEXT: _run, INIT_CWD: _cwd, ...rest } = env
  const own = Object.entries(rest).filter(([name]) => !/^npm_/i.test(name) || KEPT.test(name))
  const path = (env['PATH'] ?? '').split(delimiter).filter((folder) => !BORROWED.test(`${folder}/`))
  const kept = options?.replace('--conditions=plinth-source', '').trim()
  return {
    ...Object.fromEntries(own),
    PATH: path.join(delimiter),
    ...(kept ? { NODE_OPTIONS: kept } : {}),
  }
}
