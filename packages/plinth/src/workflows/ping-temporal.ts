import { connect } from 'node:http2'

const TIMEOUT_MS = 1_500

/**
 * Asks a Temporal front end whether it serves, by the standard gRPC health check
 * (grpc.health.v1.Health/Check with an empty request).
 * @param address host and port: `localhost:7233`
 * @throws Error when it does not answer SERVING within 1.5 s
 */
export function pingTemporal(address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const session = connect(`http://${address}`)
    const finish = (error?: Error) => {
      session.destroy()
      if (error === undefined) resolve()
      else reject(error)
    }
    session.setTimeout(TIMEOUT_MS, () => finish(new Error('Temporal did not answer')))
    session.on('error', finish)
    session.on('connect', () => ask(session, finish))
  })
}

function ask(
  session: import('node:http2').ClientHttp2Session,
  finish: (error?: Error) => void,
): void {
  const call = session.request({
    ':method': 'POST',
    ':path': '/grpc.health.v1.Health/Check',
    'content-type': 'application/grpc',
    te: 'trailers',
  })
  let answer = Buffer.alloc(0)
  call.on('data', (chunk: Buffer) => {
    answer = Buffer.concat([answer, chunk])
  })
  call.on('error', finish)
  // Field 1 (status) with the value 1 (SERVING), behind the five bytes of gRPC's frame.
  call.on('end', () =>
    finish(answer.subarray(5).equals(Buffer.from([8, 1])) ? undefined : notServing()),
  )
  call.end(Buffer.alloc(5))
}

function notServing(): Error {
  return new Error('Temporal is not serving')
}
