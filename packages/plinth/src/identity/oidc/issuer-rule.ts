/** In whose name the tokens of a provider may be issued. */
export interface IssuerRule {
  /** Where its discovery document lies, without the well-known part. */
  readonly authority: string
  /** Whether a token or an answer may bear this name; compared without normalising. */
  allows(issuer: string): boolean
  /** Whether the discovery document may bear it. */
  allowsDocument(issuer: string): boolean
}

/** Stands in an issuer where each organisation of the provider has a name of its own. */
const TENANT = '{tenantid}'
/** Accepts the people of every organisation. */
export const ANY_TENANT = 'any'

/** What Microsoft calls the issuer of all organisations; no token ever bears it. */
const SHARED_AUTHORITY =
  /^(https:\/\/login\.microsoftonline\.com)\/(common|organizations)(\/v2\.0)$/
const TENANT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Whether issuers of a provider differ by organisation. */
export function isTemplate(issuer: string): boolean {
  return issuer.includes(TENANT) || SHARED_AUTHORITY.test(issuer)
}

/** Whether a text names an organisation as it stands in issuers. */
export function isTenantId(text: string): boolean {
  return TENANT_ID.test(text)
}

/** The rule of a configured issuer; of a template, whose place of the tenant only those listed may take. */
export function issuerRule(issuer: string, allowedTenants: readonly string[]): IssuerRule {
  return isTemplate(issuer) ? templateRule(issuer, allowedTenants) : exactRule(issuer)
}

/**
 * Whether a key that is published for an issuer may sign in the name of another. Microsoft publishes
 * the keys of all organisations in one set, and says beside each whose it is.
 */
export function keyServes(keyIssuer: string, issuer: string | undefined): boolean {
  return keyIssuer === issuer || tenantOf(keyIssuer, issuer ?? '') !== undefined
}

function exactRule(own: string): IssuerRule {
  const allows = (issuer: string) => issuer === own
  return { authority: own, allows, allowsDocument: allows }
}

function templateRule(configured: string, allowedTenants: readonly string[]): IssuerRule {
  const template = configured.replace(SHARED_AUTHORITY, `$1/${TENANT}$3`)
  const [first = ANY_TENANT, ...more] = allowedTenants
  const only = more.length === 0 && first !== ANY_TENANT
  const authority = only ? template.replace(TENANT, first) : configured.replace(TENANT, 'common')
  return {
    authority,
    allows: (issuer) => {
      const tenant = tenantOf(template, issuer)
      if (tenant === undefined) return false
      return allowedTenants.includes(tenant) || allowedTenants.includes(ANY_TENANT)
    },
    allowsDocument: (issuer) => issuer === (only ? authority : template),
  }
}

/** The tenant id that stands in an issuer at the place of a template; undefined if it does not fit. */
function tenantOf(template: string, issuer: string): string | undefined {
  const [before = '', after] = template.split(TENANT)
  if (after === undefined || !issuer.startsWith(before) || !issuer.endsWith(after)) return undefined
  const tenant = issuer.slice(before.length, issuer.length - after.length)
  return isTenantId(tenant) ? tenant : undefined
}
