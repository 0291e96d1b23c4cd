/** In whose name the tokens of a provider may be issued. */
export interface IssuerRule {
  /** Where its discovery document lies, without the well-known part. */
  readonly authority: string
  /** Whether a token or an answer may bear this name; compared without normalising. */
  allows(issuer: string): boolean
  /** Whether the discovery document may bear it. */
  allowsDocument(issuer: string): boolean
  /** Whether a key that is published for an issuer may sign for another one. */
  allowsKey(keyIssuer: string, issuer: string | undefined): boolean
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

function exactRule(own: string): IssuerRule {
  const allows = (issuer: string) => issuer === own
  return { authority: own, allows, allowsDocument: allows, allowsKey: allows }
}

function templateRule(configured: string, allowedTenants: readonly string[]): IssuerRule {
  const template = configured.replace(SHARED_AUTHORITY, `$1/${TENANT}$3`)
  const [before = '', after = ''] = template.split(TENANT)
  const only = allowedTenants.length === 1 && allowedTenants[0] !== ANY_TENANT
  const authority = only ? `${before}${allowedTenants[0]}${after}` : sharedAuthority(configured)
  const allows = (issuer: string) => {
    if (!issuer.startsWith(before) || !issuer.endsWith(after)) return false
    const tenant = issuer.slice(before.length, issuer.length - after.length)
    const listed = allowedTenants.includes(tenant) || allowedTenants.includes(ANY_TENANT)
    return listed && isTenantId(tenant)
  }
  return {
    authority,
    allows,
    allowsDocument: (issuer) => (only ? issuer === authority : issuer === template),
    // Microsoft publishes keys of all organisations in one set, and those of one beside them.
    allowsKey: (keyIssuer, issuer) => keyIssuer === template || keyIssuer === issuer,
  }
}

function sharedAuthority(configured: string): string {
  return configured.replace(TENANT, 'common')
}
