import type { explainSettings, loadConfig } from 'plinth/config'

type Load = Parameters<typeof loadConfig>[0]

/** The settings of a service: their schema, their names, and the rules over all of them. */
export type ServiceConfiguration = Required<Pick<Load, 'schema' | 'names' | 'rules'>>

/** One explained setting. */
export type Explanation = ReturnType<typeof explainSettings>[number]

/** The settings that the installed version of plinth knows. */
export async function installedConfiguration(): Promise<ServiceConfiguration> {
  const [{ serviceSettings }, { platformNames, serviceRules }] = await Promise.all([
    import('plinth/server'),
    import('plinth/config'),
  ])
  return { schema: serviceSettings, names: platformNames, rules: serviceRules }
}

/** What the commands about configuration work with; the defaults are this process. */
export interface ConfigCommandParts {
  readonly configuration: () => Promise<ServiceConfiguration>
  /** Root folder of the service. */
  readonly folder: () => string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly print: (line: string) => void
  readonly exitWith: (code: number) => void
  /** Sets what a running `plinth dev` gives the service and nothing else does, in this process only. */
  readonly lend?: () => Promise<void>
}

/** Loads the configuration of the service in the folder, for the environment that was asked for. */
export async function loadFor(parts: ConfigCommandParts, environment: string | undefined) {
  const [{ loadConfig }, configuration] = await Promise.all([
    import('plinth/config'),
    parts.configuration(),
  ])
  const asked = environment === undefined ? {} : { profile: environment }
  const place = { cwd: parts.folder(), env: parts.env }
  return { ...configuration, loaded: await loadConfig({ ...configuration, ...place, ...asked }) }
}
