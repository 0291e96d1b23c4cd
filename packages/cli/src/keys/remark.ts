/** Says something beside the result: the key alone goes to the standard output, so that a script takes it as it is. */
export function remark(text: string): void {
  process.stderr.write(`${text}\n`)
}
