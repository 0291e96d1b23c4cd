import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { Feature } from 'plinth/feature'
import type { RateLimiterSettings } from 'plinth/http'
import type { World, WorldOptions } from 'plinth/testing'
import { placeholderEnvironment } from '../dev/service-needs.ts'
import { loadServiceSettings } from '../dev/service-settings.ts'
import type { DeclaredPlaces } from './declared-places.ts'
import { watchDeclared } from './declared-places.ts'
import { importFrom } from './import-from.ts'
import { serviceFeatures } from './service-features.ts'

/** A service that runs for a tool: its own features over a fresh database. */
export interface ServiceWorld {
  /** Root of the service, without symbolic links. */
  readonly root: string
  readonly world: World
  /** The service's own; the platform's are in `world.service.features`. */
  readonly features: readonly Feature[]
  readonly declared: DeclaredPlaces
  /** Starts it once more with the identity that it brings itself; undefined where it has Plinth's. */
  readonly withOwnIdentity: (() => Promise<World>) | undefined
  /** As config.yaml has them; the world itself counts nobody's requests against them. */
  readonly rateLimits: RateLimiterSettings | undefined
  readonly notes: readonly string[]
}

/** Rooms whose settings decide what a caller may do; the others name places outside. */
const ROOMS = ['tenancy', 'http', 'sessions'] as const

/**
 * Starts the service in a folder with the test kit: every guard on, its own migrations, the settings
 * of its config.yaml that decide who may do what. It talks to nothing outside this machine.
 */
export async function startServiceWorld(
  service: string,
  options: Pick<WorldOptions, 'onStatements'> = {},
): Promise<ServiceWorld> {
  const root = realpathSync(service)
  const declared = watchDeclared(root)
  const { given, notes } = await serviceFeatures(root)
  const { features, authenticate, replace, tenantSettings } = given
  const { settings, rateLimits, note } = await settingsOf(root)
  const { startWorld } = await importFrom(root, 'plinth/testing')
  const migrations = join(root, 'migrations')
  const same: WorldOptions = {
    ...options,
    features,
    settings,
    ...(replace && { replace }),
    ...(tenantSettings && { tenantSettings }),
    ...(existsSync(migrations) && { migrations }),
  }
  return {
    root,
    world: await startWorld(same),
    features,
    declared,
    withOwnIdentity: authenticate && (() => startWorld({ ...same, authenticate })),
    rateLimits,
    notes: note === undefined ? notes : [...notes, note],
  }
}

type Settings = NonNullable<WorldOptions['settings']>

interface FoundSettings extends Pick<ServiceWorld, 'rateLimits'> {
  readonly settings: Settings
  readonly note?: string
}

async function settingsOf(root: string): Promise<FoundSettings> {
  const secrets = {
    SESSION_SIGNING_SECRET: 'for reading the configuration, and nothing else',
    CSRF_SIGNING_SECRET: 'for reading the configuration and for nothing more',
  }
  const env = { ...placeholderEnvironment, ...secrets, ...process.env }
  const loaded = await loadServiceSettings(root, env)
  if (!loaded.ok) {
    const [first = ''] = loaded.lines
    const note = `config.yaml was not used, because of its faults: ${first}`
    return { settings: {}, rateLimits: undefined, note }
  }
  const { config } = loaded
  const rooms = ROOMS.map((room) => [room, Reflect.get(config, room)] as const)
  const settings = Object.fromEntries(rooms.flatMap(([room, value]) => flat(room, value)))
  return { settings, rateLimits: config.rate_limiter }
}

/** Settings by dotted key; what is not set stays unset. */
function flat(key: string, value: unknown): readonly [string, Settings[string]][] {
  if (value === undefined || value === null) return []
  if (typeof value !== 'object' || Array.isArray(value)) return [[key, value as Settings[string]]]
  return Object.entries(value).flatMap(([name, inner]) => flat(`${key}.${name}`, inner))
}
