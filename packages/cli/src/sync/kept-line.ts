/** What a person is told of a generated file that would break callers, and what to do. */
export function keptLine(file: string): string {
  return `kept   ${file}: callers of the API would break; \`plinth sync\` names how, \`plinth sync --accept-breaking\` takes it`
}
