import type { Boss } from './boss.ts'
import { PLATFORM_TENANT } from './payload.ts'
import type { RunnableJob } from './system-job.ts'

const UTC = 'UTC'

/**
 * Refuses a schedule that could never fire.
 * @throws TypeError that names the job
 */
export function checkSchedules(boss: Boss, jobs: readonly RunnableJob[]): void {
  for (const { name, cron, tz } of scheduled(jobs)) {
    try {
      boss.previewSchedule(cron, { tz, count: 1 })
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new TypeError(`job "${name}": cron "${cron}" in time zone "${tz}" is refused: ${why}`, {
        cause,
      })
    }
  }
}

/** Writes the schedules of all jobs as rows, and takes back those that are declared no more. */
export async function declareSchedules(boss: Boss, jobs: readonly RunnableJob[]): Promise<void> {
  const declared = scheduled(jobs)
  for (const { name, cron, tz, each } of declared) {
    const data = { tenant: PLATFORM_TENANT, input: {}, ...(each ? { each: 'tenant' } : {}) }
    await boss.schedule(name, cron, data, { tz })
  }
  const names = new Set(declared.map(({ name }) => name))
  for (const { name, key } of await boss.getSchedules()) {
    if (!names.has(name)) await boss.unschedule(name, key)
  }
}

interface Scheduled {
  readonly name: string
  readonly cron: string
  readonly tz: string
  readonly each: boolean
}

function scheduled(jobs: readonly RunnableJob[]): readonly Scheduled[] {
  return jobs.flatMap((job) => {
    if (job.kind !== 'job' || job.spec.cron === undefined) return []
    const { cron, tz = UTC } = job.spec
    return [{ name: job.name, cron, tz, each: job.spec.in === 'each tenant' }]
  })
}
