/** Every value of an option that may be given several times: `--rename a=b --rename=c=d`. */
export function valuesOf(rawArgs: readonly string[], option: string): string[] {
  return rawArgs.flatMap((word, at) => {
    if (word.startsWith(`--${option}=`)) return [word.slice(option.length + 3)]
    const next = rawArgs[at + 1]
    return word === `--${option}` && next !== undefined ? [next] : []
  })
}
