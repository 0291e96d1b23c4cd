import type { RouteOptions } from 'fastify'
import type { Identity } from '../identity-deps.ts'
import { meRoutes } from './me.routes.ts'
import { passwordRoutes } from './password.routes.ts'
import { registrationRoutes } from './registration.routes.ts'
import { passwordSignInRoutes } from './sign-in.routes.ts'

/** Everything that people with accounts of our own do with them. */
export function accountRoutes(identity: Identity): readonly RouteOptions[] {
  return [
    ...passwordSignInRoutes(identity),
    ...meRoutes(identity),
    ...passwordRoutes(identity),
    ...registrationRoutes(identity),
  ]
}
