/** A person who can sign in at the development identity provider. */
export interface ProviderUser {
  /** `sub` of every token: stable, so that a restart finds the same person (OpenID Connect Core §2). */
  readonly subject: string
  readonly username: string
  readonly password: string
  readonly name: string
  readonly givenName: string
  readonly familyName: string
  readonly email: string
  readonly emailVerified: boolean
}

/** The two people that every development provider knows. */
export const seededUsers: readonly ProviderUser[] = [
  {
    subject: '6f1c2a52-5a0e-4d0b-9b52-0d5d5a5b7e01',
    username: 'testuser1',
    password: 'password123',
    name: 'Test User One',
    givenName: 'Test',
    familyName: 'User One',
    email: 'testuser1@example.com',
    emailVerified: true,
  },
  {
    subject: '6f1c2a52-5a0e-4d0b-9b52-0d5d5a5b7e02',
    username: 'testuser2',
    password: 'password123',
    name: 'Test User Two',
    givenName: 'Test',
    familyName: 'User Two',
    email: 'testuser2@example.com',
    emailVerified: true,
  },
]
