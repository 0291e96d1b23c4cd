// What the written operations have in common: imports, the head of the function, who may call.
import { capital } from '../naming/entity-name.ts'
import { LINE_WIDTH } from '../text/layout.ts'
import { functionOf, type OperationRequest, PERMISSIONS } from './operations.ts'

/** An import of some names; none without a name. */
export function importText(from: string, names: readonly (string | false)[]): string {
  const said = names.filter((name) => name !== false)
  if (said.length === 0) return ''
  const line = `import { ${said.join(', ')} } from '${from}'\n`
  if (line.length <= LINE_WIDTH + 1) return line
  return `import {\n${said.map((name) => `  ${name},\n`).join('')}} from '${from}'\n`
}

/** `import type { product as Product } from './product.ts'`: a type alone, so no import goes in a circle. */
export function entityImport({ constant, from }: OperationRequest): string {
  return `import type { ${constant} as ${capital(constant)} } from '${from}'\n`
}

/** The type of what `crud()` was told of who may call; nothing where the entity says it. */
export function accessImport({ toldAccess }: OperationRequest): string {
  return toldAccess ? "import type { Access } from 'plinth/access'\n" : ''
}

/** The first line of the function: `export function getProduct(product: typeof Product) {`. */
export function headOf(request: OperationRequest): string {
  const { constant, toldAccess, toldExpand } = request
  const parameters = [
    `${constant}: typeof ${capital(constant)}`,
    ...(toldAccess ? ['access: Access'] : []),
    ...(toldExpand ? ['expand: readonly AnyEntity[]'] : []),
  ]
  const line = `export function ${functionOf(request)}(${parameters.join(', ')}) {`
  if (line.length <= LINE_WIDTH) return line
  const lines = parameters.map((parameter) => `  ${parameter},\n`).join('')
  return `export function ${functionOf(request)}(\n${lines}) {`
}

/** `access: product.can.read`. */
export function accessText({ operation, constant, toldAccess }: OperationRequest): string {
  return toldAccess ? 'access' : `access: ${constant}.can.${PERMISSIONS[operation]}`
}

/** Whether rows are seen by who asks, so that a handler must know who that is. */
export function isPersonal({ owned }: OperationRequest): boolean {
  return owned === 'person'
}

/** What a handler takes of its context to know who asks. */
export function askerNames(request: OperationRequest): string {
  return isPersonal(request) ? ', principal, placement' : ''
}

/** The line that says whose rows are seen, where they belong to people. */
export function ownerLine(request: OperationRequest, indent: string): string {
  if (!isPersonal(request)) return ''
  return `${indent}const owner = ownerFor(${request.constant}, { principal, placement })\n`
}

/** Where the rows belong to people, who may touch this one. */
export function ownerName(request: OperationRequest): string {
  return isPersonal(request) ? ', owner' : ''
}

/** What a handler that writes takes of its context: also where a reference may name people's rows. */
export function writerNames(request: OperationRequest): string {
  return request.refersToPeoples ? ', principal, placement' : askerNames(request)
}

/** The line that says whose rows a reference may name, where it may name people's. */
export function mayReferLine({ refersToPeoples }: OperationRequest, indent: string): string {
  return refersToPeoples ? `${indent}const mayRefer = mayReferFor({ principal, placement })\n` : ''
}

/** The headers that make a change depend on what its caller has seen. */
export const CONDITIONS = `headers: {
  'if-match': z.string().max(1_000).optional().describe('ETag that the row must still have'),
  'if-none-match': z.string().max(1_000).optional().describe('ETag that the row must not have'),
}`

/** Lines of a text, further in. */
export function indented(text: string, spaces: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(spaces)}`)
}
