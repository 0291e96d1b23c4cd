import { misuse } from '../cli-error.ts'

/** The grammar of names: they are a package name, a folder, and part of a database's name. */
const NAME = /^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/
const LONGEST = 80

const RESERVED: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    'a word of JavaScript':
      'await break case catch class const continue debugger default delete do else enum export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield',
    'a name that Windows keeps for devices':
      'aux con nul prn com1 com2 com3 com4 com5 com6 com7 com8 com9 lpt1 lpt2 lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9',
    'a package that the service itself needs':
      'plinth create-plinth fastify kysely zod typescript node',
    'a name that Node or npm keeps for itself':
      'assert buffer cluster console constants crypto dgram dns domain events fs http http2 https inspector module net os path process punycode querystring readline repl stream sys timers tls tty url util v8 vm wasi worker_threads zlib node_modules npm constructor prototype',
  }).flatMap(([why, words]) => words.split(' ').map((word) => [word, why])),
)

/** Why a text cannot be the name of a service, with the next step; undefined when it can. */
export function nameFault(name: string): string | undefined {
  if (Object.hasOwn(RESERVED, name))
    return `"${name}" is ${RESERVED[name]}; take another name, for example "${name}-service".`
  if (name.length <= LONGEST && NAME.test(name)) return undefined
  const near = nearestName(name)
  const rule = `A name has at most ${LONGEST} small letters, digits and dashes, and begins with a letter`
  const shown = JSON.stringify(name.slice(0, LONGEST))
  return near === undefined
    ? `${rule}; ${shown} does not fit.`
    : `${rule}; ${shown} does not fit, but "${near}" does.`
}

/**
 * Lets a fitting name pass.
 * @throws CliError (exit code 2) with what does not fit, and the nearest name that does
 */
export function checkName(name: string): string {
  const fault = nameFault(name)
  if (fault !== undefined) throw misuse(fault)
  return name
}

function nearestName(name: string): string | undefined {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .match(/[a-z0-9]+/g)
  const near = (words ?? []).join('-').replace(/^[0-9-]+/, '')
  const fits = near.length <= LONGEST && NAME.test(near) && !Object.hasOwn(RESERVED, near)
  return fits ? near : undefined
}
