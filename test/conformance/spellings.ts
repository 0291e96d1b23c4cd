/**
 * Other spellings of a path: what some router, proxy or guard reads as the path itself. Every
 * spelling is a request target as it goes onto the wire.
 */
export function spellingsOf(path: string): readonly string[] {
  return [...slashes(path), ...encodings(path), ...endings(path), ...disguises(path)]
}

const lines = (...texts: readonly string[]): readonly string[] =>
  texts.flatMap((text) => text.split(' '))

function parts(path: string) {
  const [, first = '', ...rest] = path.split('/')
  const tail = rest.length === 0 ? '' : `/${rest.join('/')}`
  const at = path.lastIndexOf('/')
  return { first, tail, last: path.slice(at + 1), head: path.slice(0, at) }
}

/** Slashes, dot segments and letters. */
function slashes(path: string): readonly string[] {
  const { first, tail, last, head } = parts(path)
  return lines(
    `/${path} //${path} /.${path} /..${path} /x/..${path} /./.${path}`,
    `/${first}/${tail} /${first}/.${tail} /${first}/x/..${tail} /${first}${tail}//`,
    `${path}/ ${path}// ${path}/. ${path}/.. ${path}/./ ${path}/../${last}`,
    `${path.toUpperCase()} /${first.toUpperCase()}${tail} ${head}/${last.toUpperCase()}`,
  )
}

/** Percent-encoding, once and twice, of letters, slashes and dots. */
function encodings(path: string): readonly string[] {
  const { first, tail, last, head } = parts(path)
  const inner = (by: string) => path.replace(/(.)\//g, `$1${by}`)
  return lines(
    `${head}/${hex(last, 0)} ${head}/${hex(last, last.length - 1)} /${hex(first, 0)}${tail}`,
    `${head}/%25${hex(last, 0).slice(1)} ${inner('%2f')} ${inner('%2F')} ${inner('%252f')}`,
    `${inner('%5c')} ${inner('\\')} /%2e${path} /%2e%2e${path} /x/%2e%2e${path}`,
    `/%2e/%2e${path} /x/%252e%252e${path} ${path}%c0%ae /%c0%af${path} ${path}%ff`,
    `${path}% ${path}%2 ${path}%zz ${path}%u002f`,
  )
}

function hex(text: string, at: number): string {
  return `${text.slice(0, at)}%${text.charCodeAt(at).toString(16)}${text.slice(at + 1)}`
}

/** What is put behind it: parameters, queries, fragments, controls, endings. */
function endings(path: string): readonly string[] {
  const { first, tail, last, head } = parts(path)
  return lines(
    `${path}; ${path};x ${path};x=1 ${head};x/${last} /${first};a=b${tail} ${path}%3bx`,
    `${path}? ${path}?? ${path}?x ${path}?/.. ${path}%3f ${path}&x ${path}=`,
    `${path}# ${path}#x ${path}%23 ${path}%23x #${path}`,
    `${path}%00 ${path}%00.json ${path}%20 ${path}%09 ${path}%0a ${path}%0d%0a ${path}%a0`,
    `${path}. ${path}.. ${path}.json ${path}.html ${path}.css ${path}.ico ${path}~ ${path}*`,
  )
}

/** What looks like a public address. */
function disguises(path: string): readonly string[] {
  return lines(
    `/health${path} /health/..${path} /health/../${path} /assets${path} /assets/..${path}`,
    `/docs/static/..${path} /docs/static/%2e%2e/%2e%2e/%2e%2e${path} /health%2f..${path}`,
    `/health;${path} ${path}/health ${path}?/health ${path};/health ${path}%2fhealth`,
    `${path}/assets/x.css /t/acme${path} /api${path} /v1${path} /index.php${path} /*${path} /* *`,
  )
}

/** Targets that a client library does not send, and a raw socket does. */
export function rawTargetsOf(path: string): readonly string[] {
  const spaced = [`${path}\t`, `${path}\x0b`, `${path}\x00`, `\t${path}`, `${path} x`]
  return [
    ...spaced,
    ...[`${path}\xa0`, `${path}\xff`],
    ...lines(
      `http://evil.test${path} https://evil.test${path} HTTP://evil.test${path} http:${path}`,
      `http://127.0.0.1${path} ftp://evil.test${path} evil.test${path} ${path.slice(1)}`,
      `${path.replaceAll('/', '\\')} .${path} ?${path} ;${path} @evil.test${path} :80${path}`,
      `//evil.test${path} ///${path} \\\\evil.test${path}`,
    ),
  ]
}
