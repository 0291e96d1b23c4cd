/** The port in a database URL. */
export function portIn(databaseUrl: string): number {
  return Number(new URL(databaseUrl).port || '5432')
}

/** The same database URL through another port of this machine. */
export function throughPort(databaseUrl: string, port: number): string {
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String(port)
  return url.href
}
