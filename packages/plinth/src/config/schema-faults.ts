import type { z } from 'zod'
import type { Fault } from './fault.ts'
import type { Findings } from './plain-value.ts'
import { isSecretName, quoted } from './redact.ts'
import type { SettingNames } from './setting-names.ts'
import { variablesOf } from './setting-names.ts'
import { schemaAt, shapeOf } from './shape.ts'
import { sourceOf } from './source.ts'
import { typeText } from './type-text.ts'

/** What the messages about a schema's issues need to know. */
export interface IssueContext {
  readonly schema: z.core.$ZodType
  readonly names: SettingNames
  readonly findings: Findings
  /** The value that was parsed. */
  readonly value: unknown
  readonly file: string
}

/** Every issue of a schema as a refusal; keys that were refused before are left out. */
export function schemaFaults(
  issues: readonly z.core.$ZodIssue[],
  context: IssueContext,
): readonly Fault[] {
  const reported = new Set(context.findings.faults.map((fault) => fault.key))
  const faults: Fault[] = []
  for (const issue of issues) {
    const key = issue.path
      .map(String)
      .join('.')
      .replace(/\.\d+$/, '')
    if (reported.has(key)) continue
    reported.add(key)
    faults.push(faultOf(issue, key, context))
  }
  return faults
}

function faultOf(issue: z.core.$ZodIssue, key: string, context: IssueContext): Fault {
  const given = valueAt(context.value, issue.path)
  if (given === undefined) return missing(key, context)
  const { place, variables } = sourceOf(context.findings.sources, issue.path.map(String).join('.'))
  const [says, fix] = sentence(issue, key, given, context)
  return { code: 'config.invalid', place, key, variables, says, fix }
}

// A message of the form "what is wrong → what to do" comes from a setting that knows its own remedy.
function sentence(
  issue: z.core.$ZodIssue,
  key: string,
  given: unknown,
  { schema }: IssueContext,
): readonly [string, string] {
  const [says = '', fix = `see: plinth config explain ${key}`] = issue.message.split(' → ')
  if (issue.message.includes(' → ')) return [says, fix]
  const at = schemaAt(schema, key)
  if (issue.code === 'custom' || issue.code === 'invalid_format' || at === undefined) {
    return [lowerFirst(says), fix]
  }
  if (issue.code === 'invalid_key') return ['is not a name that is allowed here', fix]
  const secret = shapeOf(at).secret || isSecretName(key)
  return [`must be ${typeText(at)}${quoted(given, secret)}`, fix]
}

function missing(key: string, context: IssueContext): Fault {
  return blockOfVariables(key, context) ?? missingInFile(key, context)
}

/** Where variables alone set something of a block, they say where it came from: the file has no place. */
function blockOfVariables(key: string, { findings, names, file }: IssueContext): Fault | undefined {
  const block = key.slice(0, key.lastIndexOf('.') + 1)
  const given = [...findings.sources].filter(([at]) => block !== '' && at.startsWith(block))
  const [variable] = given[0]?.[1].variables ?? []
  const ofFile = given.some(([, { kind }]) => kind !== 'variable')
  if (variable === undefined || ofFile || variablesOf(names, key).length > 0) return undefined
  const { name, place } = variable
  const says = `is required, as ${name} is set, and ${file} holds nothing of ${block.slice(0, -1)}`
  const fix = `write the block with ${key.slice(block.length)}: …, or take ${name} away`
  return { code: 'config.missing', place, key, says, fix }
}

function missingInFile(key: string, context: IssueContext): Fault {
  const place = placeOfBlock(key, context)
  return {
    code: 'config.missing',
    place,
    key,
    says: 'is required and not set',
    fix: remedy(key, context),
  }
}

function remedy(key: string, { names, schema }: IssueContext): string {
  const [variable] = variablesOf(names, key)
  const [last = key, block = 'config'] = key.split('.').reverse()
  const edit = `write ${last}: … in the block ${block}`
  if (variable === undefined) return edit
  const at = schemaAt(schema, key)
  const secret = at !== undefined && shapeOf(at).secret
  const supplier = names.variables.find(({ name }) => name === variable)?.suppliedBy
  const alone = supplier === undefined ? '' : ` (${supplier} sets it by itself)`
  return secret
    ? `set ${variable}, for example to the output of: openssl rand -base64 32${alone}`
    : `set ${variable}, or ${edit}${alone}`
}

function placeOfBlock(key: string, { findings, file }: IssueContext): string {
  const parts = key.split('.')
  for (let length = parts.length - 1; length >= 0; length--) {
    const place = findings.blocks.get(parts.slice(0, length).join('.'))
    if (place !== undefined) return place
  }
  return file
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined
    at = Reflect.get(at, name)
  }
  return at
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
