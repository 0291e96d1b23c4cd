import type { RedisConnection } from '../../../cache/index.ts'
import type { Charge, Standing, WindowStore } from './window-store.ts'
import { PARTS } from './window-store.ts'

/**
 * The windows of sliding-window.ts as one step in Redis: each counter is a hash of parts of its
 * window. The clock is that of Redis, so that processes need not agree on the time. When it steps
 * back, what was counted ahead of it moves to the present: nothing is forgiven, and nothing stays
 * longer than a window.
 */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local parts = ${PARTS}
local allowed, seen = true, {}
for i, key in ipairs(KEYS) do
  local limit, window = tonumber(ARGV[i * 3 - 2]), tonumber(ARGV[i * 3 - 1])
  local size = window / parts
  local part = math.floor(now / size)
  local sum, ahead, oldest, gone = 0, 0, nil, {}
  local fields = redis.call('HGETALL', key)
  for f = 1, #fields, 2 do
    local at, count = tonumber(fields[f]), tonumber(fields[f + 1])
    if at > part then
      ahead = ahead + count
      gone[#gone + 1] = fields[f]
    elseif at < part - parts then
      gone[#gone + 1] = fields[f]
    else
      sum = sum + count
      if oldest == nil or at < oldest then oldest = at end
    end
  end
  local field = string.format('%.0f', part)
  local keep = math.ceil(window + size)
  if ahead > 0 then
    redis.call('HINCRBY', key, field, ahead)
    redis.call('PEXPIRE', key, keep)
    sum = sum + ahead
    if oldest == nil then oldest = part end
  end
  if #gone > 0 then redis.call('HDEL', key, unpack(gone)) end
  if sum >= limit and ARGV[i * 3] == '1' then allowed = false end
  seen[i] = { limit, sum, oldest, part, size, field, keep }
end
local answer = {}
for i, key in ipairs(KEYS) do
  local limit, sum, oldest, part, size, field, keep = unpack(seen[i], 1, 7)
  local passes = sum < limit
  if allowed and ARGV[i * 3] == '1' then
    redis.call('HINCRBY', key, field, 1)
    redis.call('PEXPIRE', key, keep)
    sum = sum + 1
    if oldest == nil then oldest = part end
  end
  local reset = 0
  if oldest ~= nil then reset = math.ceil((oldest + parts + 1) * size - now) end
  answer[i] = { passes and 1 or 0, math.max(0, limit - sum), reset }
end
return answer
`

/** Counts in Redis, for all processes of a service together. */
export function createRedisWindows(redis: RedisConnection, prefix: string): WindowStore {
  return {
    take: async (charges) => {
      const keys = charges.map(
        // Processes of two ages may cut a window in two ways: their counters lie apart.
        ({ policy, key, quota }) => `${prefix}limit:${policy}:${quota.windowMs}:${key}`,
      )
      const args = charges.flatMap(({ quota, cost }) => [quota.requests, quota.windowMs, cost])
      return standingsOf(charges, await redis.run(TAKE, keys, args))
    },
  }
}

/** @throws TypeError for an answer of another shape, which counts as none */
function standingsOf(charges: readonly Charge[], answer: unknown): readonly Standing[] {
  if (!Array.isArray(answer) || answer.length !== charges.length) throw new TypeError(ODD)
  return charges.map(({ quota }, at) => {
    const [passes, remaining, resetMs] = Array.isArray(answer[at]) ? answer[at] : []
    if (typeof remaining !== 'number' || typeof resetMs !== 'number') throw new TypeError(ODD)
    return { allowed: passes === 1, limit: quota.requests, remaining, resetMs }
  })
}

const ODD = 'Redis answered something else than counters'
