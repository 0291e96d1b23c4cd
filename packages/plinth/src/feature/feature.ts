import type { RouteOptions } from 'fastify'
import type { Permissions } from '../access/index.ts'
import type { AnyEntity } from '../data/index.ts'
import type { Job } from './job.ts'
import type { Mount } from './mount.ts'

/** Anything that opens with the process, is checked for readiness, and closes with it. */
export interface Resource {
  readonly name: string
  open?(): Promise<void>
  close?(): Promise<void>
  /** Throws when it is not usable; its sentence goes to the log, its name to `/health/ready`. */
  check?(): Promise<void>
}

/** What a feature is made of. */
export interface FeatureParts {
  readonly entities?: readonly AnyEntity[]
  readonly permissions?: readonly Permissions<{ readonly [action: string]: string }>[]
  readonly routes?: readonly (RouteOptions | Mount | readonly RouteOptions[])[]
  readonly jobs?: readonly (AnyJob | AnySystemJob)[]
  readonly resources?: readonly Resource[]
}

/** A job whatever its input: the worker validates the input before it calls `handle`. */
export type AnyJob = Pick<Job, 'kind' | 'name' | 'schema'> & {
  readonly spec: Omit<Job['spec'], 'handle' | 'input'> & {
    readonly handle: (context: never) => Promise<void>
  }
}

/** A job of the platform whose effect lies outside the database, as the jobs room declares it. */
export type AnySystemJob = Pick<Job, 'name' | 'schema'> & {
  readonly kind: 'system-job'
  readonly spec: Pick<Job['spec'], 'retries' | 'timeoutSeconds'> & {
    readonly handle: (context: never) => Promise<void>
  }
}

/** A named part of a service. */
export interface Feature extends FeatureParts {
  readonly name: string
}

// Of the whole process, so that a feature is known also to another copy of this library: the command
// line finds the features of a service by it.
const FEATURE = Symbol.for('plinth.feature')

/** Gathers what belongs together under a name. */
export function feature(name: string, parts: FeatureParts): Feature {
  return Object.freeze(Object.defineProperty({ name, ...parts }, FEATURE, { value: true }))
}

/** Whether a value was made by `feature()`. */
export function isFeature(value: unknown): value is Feature {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, FEATURE)
}

/** Names a thing with a life cycle: a client, a warm cache, a connection. */
export function resource(name: string, life: Omit<Resource, 'name'>): Resource {
  return Object.freeze({ name, ...life })
}
