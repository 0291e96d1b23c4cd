import { LineCounter, parseDocument } from 'yaml'

/**
 * What keeps a text from being read by its keys, for a person; undefined when nothing does. JSON is read as the
 * YAML that it also is: its own reader is silent about a key that is written twice.
 */
export function faultOf(path: string, text: string): string | undefined {
  const isJson = path.endsWith('.json')
  if (!isJson && !/\.ya?ml$/.test(path)) return undefined
  const lineCounter = new LineCounter()
  const { errors } = parseDocument(text, { prettyErrors: false, lineCounter })
  const twice = errors.find(({ code }) => code === 'DUPLICATE_KEY')
  const at = (twice ?? errors[0])?.pos[0]
  if (at === undefined) return undefined
  const { line } = lineCounter.linePos(at)
  if (twice !== undefined)
    return `a key is written twice, the second time in line ${line}; take one of them out`
  // A tsconfig.json may hold comments, and several documents in one file are no fault.
  const [first] = errors
  if (isJson || first?.code === 'MULTIPLE_DOCS') return undefined
  return `it cannot be read as YAML, line ${line}: ${first?.message.split('\n')[0]}`
}
