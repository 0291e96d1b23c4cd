import { z } from 'zod'
import { mark } from './mark.ts'

/**
 * An exact decimal number: text on the wire, always with `scale` digits after the point
 * (`"12.50"`), `numeric(precision, scale)` in the table.
 * @param precision digits in all, 1 to 1000
 * @param scale digits after the point, 0 to `precision`
 * @throws TypeError when the two do not describe a number
 */
export function decimal(precision: number, scale: number): z.ZodString {
  const sound = Number.isInteger(precision) && Number.isInteger(scale)
  if (!sound || precision < 1 || precision > 1000 || scale < 0 || scale > precision) {
    throw new TypeError(
      `decimal(${precision}, ${scale}): digits in all (1 to 1000), then digits after the point`,
    )
  }
  const whole = precision - scale
  const fraction = scale === 0 ? '' : `(?:\\.\\d{1,${scale}})?`
  const form = new RegExp(`^-?${whole === 0 ? '0' : `(?:0|[1-9]\\d{0,${whole - 1}})`}${fraction}$`)
  const schema = z
    .string()
    .regex(
      form,
      `Must be a decimal number with at most ${whole} digits before the point and ${scale} after it`,
    )
    .overwrite((text) => canonical(text, scale))
  return mark(schema, { kind: 'decimal', precision, scale })
}

function canonical(text: string, scale: number): string {
  const [whole = '0', fraction = ''] = text.split('.')
  const padded = scale === 0 ? whole : `${whole}.${fraction.padEnd(scale, '0')}`
  return /^-[0.]*$/.test(padded) ? padded.slice(1) : padded
}
