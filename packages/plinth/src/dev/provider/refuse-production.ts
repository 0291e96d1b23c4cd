/** Variables by which a process says where it runs (contract 3.3). */
const NAMES = ['APP_ENVIRONMENT', 'ENVIRONMENT', 'NODE_ENV'] as const

/**
 * Stops a development service from starting in production: its passwords are public.
 * It looks at the process itself, so that no caller can forget to.
 * @throws Error naming the service and the variable
 */
export function refuseProduction(
  service: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): void {
  const name = NAMES.find((each) => environment[each]?.trim().toLowerCase() === 'production')
  if (name === undefined) return
  throw new Error(
    `The ${service} is for development and does not start in production (${name}=production); name your real one in config.yaml.`,
  )
}
