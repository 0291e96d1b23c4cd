import { isLoopbackHost } from '../../outbound/index.ts'

const LONGEST_URL = 2_048

/** https, or http on loopback, without user name and fragment (RP-84). */
export function isEndpoint(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || text.length > LONGEST_URL) return false
  if (url.username || url.password || url.hash) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname))
}
