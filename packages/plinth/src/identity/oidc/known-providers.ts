/** What a provider does that its discovery document does not say, or that has none. */
export interface KnownProvider {
  readonly protocol: 'openid' | 'oauth2'
  /** The name that it uses itself, where people know it by its address. */
  readonly issuer?: string
  /** Origins beside its issuer's at which its endpoints lie. */
  readonly origins: readonly string[]
  readonly scopes: readonly string[]
  readonly authMethod: 'client_secret_basic' | 'client_secret_post'
  /** Member of its UserInfo answer that names a person for good. */
  readonly subjectClaim: string
  /** Whether it sends `iss` to the callback; undefined leaves that to its discovery document. */
  readonly sendsIssuer: boolean | undefined
  /** Whether its ID tokens say when somebody signed in, as `max_age` demands. */
  readonly statesAuthTime: boolean
  readonly endpoints: Readonly<Record<string, string>>
}

/** An OpenID provider of which nothing is known but its issuer. */
export const OPENID: KnownProvider = {
  protocol: 'openid',
  origins: [],
  scopes: ['openid', 'email', 'profile'],
  authMethod: 'client_secret_basic',
  subjectClaim: 'sub',
  sendsIssuer: undefined,
  statesAuthTime: true,
  endpoints: {},
}

/** A provider that speaks OAuth 2.0 alone and describes people at an endpoint of its own. */
export const OAUTH2: KnownProvider = {
  ...OPENID,
  protocol: 'oauth2',
  scopes: [],
  statesAuthTime: false,
}

// Where these publish their endpoints is part of this code and thereby reviewed: their discovery
// documents may name these origins and still no others (RP-46).
const KNOWN: ReadonlyMap<string, KnownProvider> = new Map([
  [
    'https://accounts.google.com',
    {
      ...OPENID,
      statesAuthTime: false,
      origins: [
        'https://oauth2.googleapis.com',
        'https://openidconnect.googleapis.com',
        'https://www.googleapis.com',
      ],
    },
  ],
  [
    'https://login.microsoftonline.com',
    { ...OPENID, statesAuthTime: false, origins: ['https://graph.microsoft.com'] },
  ],
  [
    'https://github.com',
    {
      ...OAUTH2,
      issuer: 'https://github.com/login/oauth',
      origins: ['https://api.github.com'],
      scopes: ['read:user', 'user:email'],
      authMethod: 'client_secret_post',
      subjectClaim: 'id',
      sendsIssuer: true,
      endpoints: {
        authorization_endpoint: 'https://github.com/login/oauth/authorize',
        token_endpoint: 'https://github.com/login/oauth/access_token',
        userinfo_endpoint: 'https://api.github.com/user',
        emails_endpoint: 'https://api.github.com/user/emails',
      },
    },
  ],
])

/** What is known of the provider of an issuer, by the issuer's origin. */
export function knownProvider(issuer: string): KnownProvider | undefined {
  return KNOWN.get(URL.parse(issuer)?.origin ?? '')
}
