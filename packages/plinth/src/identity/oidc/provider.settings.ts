import { z } from 'zod'
import { credential, origins } from '../../config/index.ts'
import { SIGNATURE_ALGORITHMS } from '../tokens/signature-algorithms.ts'
import { isEndpoint } from './endpoint.ts'
import { ANY_TENANT, isTemplate, isTenantId } from './issuer-rule.ts'
import { knownProvider } from './known-providers.ts'

const endpoint = (meaning: string) =>
  z
    .string()
    .refine(isEndpoint, 'is not an https URL without user name and fragment')
    .optional()
    .describe(`${meaning}; taken from the provider's discovery document when absent.`)

const fields = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether people may sign in through this provider.'),
  dev_only: z
    .boolean()
    .default(false)
    .describe('Whether the provider is left out in production, as a development provider must be.'),
  label: z
    .string()
    .trim()
    .min(1)
    .max(40)
    .optional()
    .describe('Name of the provider on the sign-in page; made from its key when absent.'),
  client_id: z
    .string()
    .max(512)
    .optional()
    .describe('Client id that the provider knows this service by; without it the provider is off.'),
  client_secret: credential()
    .optional()
    .describe('Client secret, sent to the token and revocation endpoints only.'),
  token_endpoint_auth_method: z
    .enum(['client_secret_basic', 'client_secret_post'])
    .optional()
    .describe(
      'How the client secret is sent: in the Authorization header, or in the form for a provider that asks for that; the header when absent (GitHub: the form).',
    ),
  issuer: z
    .string()
    .refine(isIssuer, 'is not an https issuer; http is accepted on loopback only')
    .describe(
      'Issuer, exactly as the provider spells it in its discovery document and tokens; {tenantid} stands for the organisation in a Microsoft issuer.',
    ),
  allowed_tenants: z
    .array(
      z.string().refine(isAllowedTenant, `is not a tenant id in lower case, nor "${ANY_TENANT}"`),
    )
    .default([])
    .describe(
      'Tenant ids whose people may sign in where the issuer has {tenantid}; "any" lets in everybody whom the provider knows.',
    ),
  protocol: z
    .enum(['openid', 'oauth2'])
    .optional()
    .describe(
      'openid, or oauth2 for a provider without ID tokens that describes people at its userinfo_endpoint; openid when absent (GitHub: oauth2).',
    ),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/))
    .optional()
    .describe(
      'Scopes that are asked for, exactly these; openid, email and profile when absent (GitHub: read:user and user:email; other oauth2: none).',
    ),
  id_token_algorithms: z
    .array(z.enum(SIGNATURE_ALGORITHMS))
    .min(1)
    .default(['RS256', 'RS512', 'ES256', 'ES384'])
    .describe('Signature algorithms that its ID tokens may bear.'),
  endpoint_origins: origins()
    .default([])
    .describe(
      'Origins beside the issuer’s at which its discovery document may place endpoints; those of Google, Microsoft and GitHub are known.',
    ),
  states_auth_time: z
    .boolean()
    .optional()
    .describe(
      'Whether its ID tokens say when somebody signed in; where they do not, a sign-in counts from the moment it came back, and no step-up can ask for more; true when absent (Google, Microsoft, GitHub and other oauth2: false).',
    ),
  second_factor: z
    .enum(['asked', 'by_amr', 'trusted'])
    .default('by_amr')
    .describe(
      'Whether people who have a second factor here are asked for it after this provider: always; unless its ID token says that two were shown (amr contains mfa); or never, because the provider asks itself.',
    ),
  own_callback: z
    .boolean()
    .default(false)
    .describe(
      'Whether the provider sends people back to the callback URL with its key added, where no answer of another provider is taken; turn it on for a provider that does not name itself in its answers (RFC 9207) when there are several.',
    ),
  authorization_endpoint: endpoint('Where browsers are sent to sign in'),
  token_endpoint: endpoint('Where a code is exchanged for tokens'),
  userinfo_endpoint: endpoint('Where claims are fetched that the ID token lacks'),
  untyped_logout_tokens: z
    .boolean()
    .default(false)
    .describe(
      'Whether its logout tokens may lack the type logout+jwt, as those of older providers do; they are then told from its other tokens by their claims alone.',
    ),
  userinfo_signed: z
    .boolean()
    .default(false)
    .describe('Whether UserInfo must come as a signed token; an unsigned answer ends the sign-in.'),
  emails_endpoint: endpoint('Where an oauth2 provider lists the e-mail addresses it has verified'),
  subject_claim: z
    .string()
    .regex(/^[A-Za-z_]{1,64}$/)
    .optional()
    .describe(
      'Member of the UserInfo answer of an oauth2 provider that names a person for good; sub when absent (GitHub: id).',
    ),
  jwks_uri: endpoint('Where the keys of the ID tokens are published'),
  end_session_endpoint: endpoint('Where browsers are sent to sign out'),
  revocation_endpoint: endpoint('Where tokens are revoked at sign-out'),
})

/** What names an issuer, and where its keys are. */
export const issuerFields = fields.shape

/** One provider that people may sign in through. */
export const providerSettings = fields.superRefine((own, context) => {
  const fault = providerFault(own)
  if (fault !== undefined) {
    context.addIssue({ code: 'custom', path: [fault.key], message: fault.message })
  }
})

/** Parsed {@link providerSettings}. */
export type ProviderSettings = z.output<typeof fields>

interface ProviderFault {
  readonly key: keyof ProviderSettings
  readonly message: string
}

/** What only shows when several settings of a provider are seen together. */
function providerFault(own: ProviderSettings): ProviderFault | undefined {
  const protocol = own.protocol ?? knownProvider(own.issuer)?.protocol ?? 'openid'
  return tenantFault(own) ?? (protocol === 'openid' ? openidFault(own) : oauth2Fault(own))
}

function tenantFault(own: ProviderSettings): ProviderFault | undefined {
  const key = 'allowed_tenants'
  const isUsed = own.enabled && Boolean(own.client_id)
  if (!isTemplate(own.issuer)) {
    const message = 'has no effect: the issuer has no {tenantid}'
    return own.allowed_tenants.length > 0 ? { key, message } : undefined
  }
  const message = 'must name the tenants whose people may sign in, or "any" for everybody'
  return isUsed && own.allowed_tenants.length === 0 ? { key, message } : undefined
}

function openidFault({ scopes }: ProviderSettings): ProviderFault | undefined {
  const fits = scopes?.includes('openid') ?? true
  return fits ? undefined : { key: 'scopes', message: 'must contain openid' }
}

function oauth2Fault(own: ProviderSettings): ProviderFault | undefined {
  const known = knownProvider(own.issuer)?.endpoints ?? {}
  const required = ['authorization_endpoint', 'token_endpoint', 'userinfo_endpoint'] as const
  const key = required.find((name) => own[name] === undefined && known[name] === undefined)
  return key && { key, message: 'must be set: an oauth2 provider has no discovery document' }
}

function isIssuer(text: string): boolean {
  return isEndpoint(text) && URL.parse(text)?.search === '' && text.split('{tenantid}').length <= 2
}

function isAllowedTenant(text: string): boolean {
  return text === ANY_TENANT || isTenantId(text)
}
