/** How a machine client proves itself: by a secret, or by a signature that is good once. */
export const CLIENT_AUTHENTICATIONS = ['client_secret', 'private_key_jwt'] as const

/** One of {@link CLIENT_AUTHENTICATIONS}. */
export type ClientAuthentication = (typeof CLIENT_AUTHENTICATIONS)[number]
