/** What {@link encodeCbor} writes: all that WebAuthn needs. */
export type CborValue =
  | number
  | string
  | Uint8Array
  | ReadonlyMap<number | string, CborValue>
  | readonly CborValue[]

/** Writes a value in CBOR (RFC 8949): whole numbers, texts, bytes, lists and maps. */
export function encodeCbor(value: CborValue): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') return withBytes(3, Buffer.from(value))
  if (value instanceof Uint8Array) return withBytes(2, Buffer.from(value))
  if (value instanceof Map) {
    const pairs = [...value].flatMap(([key, one]) => [encodeCbor(key), encodeCbor(one)])
    return Buffer.concat([head(5, value.size), ...pairs])
  }
  const list = value as readonly CborValue[]
  return Buffer.concat([head(4, list.length), ...list.map(encodeCbor)])
}

function withBytes(major: number, bytes: Buffer): Buffer {
  return Buffer.concat([head(major, bytes.length), bytes])
}

/** Major type and number, in as few bytes as hold it. */
function head(major: number, count: number): Buffer {
  const type = major << 5
  if (count < 24) return Buffer.from([type | count])
  if (count < 0x1_00) return Buffer.from([type | 24, count])
  if (count < 0x1_00_00) return Buffer.from([type | 25, count >> 8, count & 0xff])
  const bytes = Buffer.alloc(5)
  bytes[0] = type | 26
  bytes.writeUInt32BE(count, 1)
  return bytes
}
