import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'

/** A request that the provider got. */
export interface Heard {
  readonly method: string
  /** Path without query. */
  readonly path: string
  /** Query without question mark. */
  readonly query: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Answers a request by hand, or leaves it unanswered. Its body was read already: it stands in `heard`. */
export type RawReply = (request: IncomingMessage, response: ServerResponse, heard: Heard) => void

const JSON_TYPE = 'application/json'

/** Ways of an endpoint to answer that no honest provider has. Each makes one {@link RawReply}. */
export const rawReply = {
  /** Any status with any text, JSON by its type unless another type is given. */
  text:
    (status: number, body: string, type = JSON_TYPE): RawReply =>
    (_, response) =>
      void response.writeHead(status, { 'content-type': type }).end(body),
  /** Sends the caller elsewhere. */
  redirect:
    (location: string, status = 307): RawReply =>
    (_, response) =>
      void response.writeHead(status, { location }).end(),
  /** Closes the connection without a word. */
  closed: (): RawReply => (request) => void request.socket.destroy(),
  /** Takes the request and never answers. */
  silent: (): RawReply => () => {},
  /** Promises more bytes than it sends, then closes. */
  cut:
    (body: string, promised = body.length * 2): RawReply =>
    (request, response) => {
      response.writeHead(200, { 'content-type': JSON_TYPE, 'content-length': promised })
      response.write(body, () => request.socket.destroy())
    },
  /** Sends its headers at once and then one byte after the other, without end (slow loris). */
  trickle:
    (msPerByte: number): RawReply =>
    (_, response) => {
      response.writeHead(200, { 'content-type': JSON_TYPE })
      const timer = setInterval(() => response.write(' '), msPerByte)
      response.on('close', () => clearInterval(timer))
    },
  /** One JSON object of so many bytes, written as fast as it is read. */
  large:
    (bytes: number): RawReply =>
    (_, response) => {
      response.writeHead(200, { 'content-type': JSON_TYPE })
      response.write('{"a":"')
      pour(response, bytes)
    },
  /** A small body that unpacks to so many bytes. */
  gzipBomb: (bytes: number): RawReply => {
    const packed = gzipSync(Buffer.alloc(bytes, 0x20))
    return (_, response) =>
      void response
        .writeHead(200, { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' })
        .end(packed)
  },
  /** Another reply, so many milliseconds late. */
  late:
    (ms: number, then: RawReply): RawReply =>
    (request, response, heard) => {
      const timer = setTimeout(() => then(request, response, heard), ms)
      response.on('close', () => clearTimeout(timer))
    },
} as const

const CHUNK = Buffer.alloc(65_536, 0x78)

function pour(response: ServerResponse, left: number): void {
  if (response.destroyed) return
  if (left <= 0) return void response.end('"}')
  const goOn = () => pour(response, left - CHUNK.length)
  if (response.write(CHUNK)) setImmediate(goOn)
  else response.once('drain', goOn)
}
