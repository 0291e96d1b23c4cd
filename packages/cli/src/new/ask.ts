import { CliError } from '../cli-error.ts'
import { PARTS, type Part, TEMPLATE_TENANCY, TENANCIES, type Tenancy } from '../template/answers.ts'
import { PART_CONTENTS } from '../template/parts.ts'

const TENANCY_HINTS: Readonly<Record<Tenancy, string>> = {
  none: 'one tenant underneath, which nobody sees',
  personal: 'each person is a tenant of their own',
  organisations: 'people belong to organisations, and invite others',
}

/** Asks for the name or path of the service. */
export async function askName(fault: (given: string) => string | undefined): Promise<string> {
  const { text } = await import('@clack/prompts')
  return answered(
    await text({
      message: 'What is the service called? (a name, or a path that ends in one)',
      placeholder: 'my-service',
      validate: (given) => fault(given ?? ''),
    }),
  )
}

/** Asks how people stand to tenants. */
export async function askTenancy(): Promise<Tenancy> {
  const { select } = await import('@clack/prompts')
  return answered(
    await select<Tenancy>({
      message: 'Whose is the data?',
      initialValue: TEMPLATE_TENANCY,
      options: TENANCIES.map((value) => ({ value, hint: TENANCY_HINTS[value] })),
    }),
  )
}

/** Asks what it shall come with, and answers what it shall do without. */
export async function askWithout(): Promise<readonly Part[]> {
  const { multiselect } = await import('@clack/prompts')
  const wanted = answered(
    await multiselect<Part>({
      message: 'What shall it come with?',
      required: false,
      initialValues: [...PARTS],
      options: PARTS.map((value) => ({ value, label: PART_CONTENTS[value].title })),
    }),
  )
  return PARTS.filter((part) => !wanted.includes(part))
}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (isAnswer(answer)) return answer
  throw new CliError('Stopped; nothing was made.')
}

/** What is no answer is the mark for Ctrl-C. */
function isAnswer<T>(answer: T): answer is Exclude<T, symbol> {
  return typeof answer !== 'symbol'
}
