/** Rows up to this size are read as one text; of larger ones each field, so that none keeps the rest alive. */
const LARGEST_WHOLE = 1_024
const LAST_ASCII = 0x7f
const COUNT_BYTES = 2
const LENGTH_BYTES = 4
/** The length of a field without a value. */
const NULL = -1

/**
 * The fields of a DataRow message as texts (manual, 54.7): their count, then each with its length. A
 * call into Node for each field costs more than all else about a row, so the row is made one text and
 * cut into its fields. Only ASCII may be cut by bytes; a field with anything else is read by itself.
 * @param from where the message's content begins, behind its own length
 * @param to where it ends
 */
export function fieldsOf(bytes: Buffer, from: number, to: number): (string | null)[] {
  const whole = to - from > LARGEST_WHOLE ? undefined : bytes.toString('latin1', from, to)
  const fields = new Array<string | null>(bytes.readInt16BE(from)).fill(null)
  let at = from + COUNT_BYTES
  for (let field = 0; field < fields.length; field += 1) {
    const length = bytes.readInt32BE(at)
    at += LENGTH_BYTES
    if (length === NULL) continue
    const end = at + length
    fields[field] =
      whole !== undefined && isAscii(bytes, at, end)
        ? whole.slice(at - from, end - from)
        : bytes.toString('utf8', at, end)
    at = end
  }
  return fields
}

function isAscii(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    if ((bytes[at] ?? 0) > LAST_ASCII) return false
  }
  return true
}
