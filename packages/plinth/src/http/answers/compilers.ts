import { createRequire } from 'node:module'
import type FastJson from 'fast-json-stringify'
import type { FastifySchemaCompiler, FastifySerializerCompiler } from 'fastify'
import { z } from 'zod'
import { isPlainJson, oneFaultEach } from '../../data/index.ts'
import type { ErrorDetail } from '../../kernel/index.ts'
import { httpProblems } from '../http.errors.ts'
import { NO_NUMBER, plainNumbersOf } from './plain-numbers.ts'
import { sentSchemaOf } from './sent-schema.ts'

/** Validates params, query, headers and body by their Zod schema; a miss is 422 with field paths. */
export const validatorCompiler: FastifySchemaCompiler<z.core.$ZodType> = ({ schema, httpPart }) => {
  const part = httpPart === 'querystring' ? 'query' : (httpPart ?? 'body')
  const read = isText(part) ? plainNumbersOf(schema) : (input: unknown) => input
  return (input) => {
    const result = z.safeParse(schema, read(input), IN_PLAIN_WORDS)
    if (result.success) return { value: result.data }
    return { error: httpProblems.invalid({ details: issuesOf(result.error, part) }) }
  }
}

function isText(part: string): boolean {
  return part === 'query' || part === 'params'
}

// Zod says "expected string, received undefined" and "expected number, received NaN".
const IN_PLAIN_WORDS: z.core.ParseContext<z.core.$ZodIssue> = {
  error: ({ code, input }) => {
    if (code !== 'invalid_type') return undefined
    if (input === undefined) return 'This field is required.'
    return Number.isNaN(input) ? NO_NUMBER : undefined
  },
}

const MOST_DETAILS = 50

function issuesOf(error: z.core.$ZodError, part: string): readonly ErrorDetail[] {
  return oneFaultEach(error.issues)
    .slice(0, MOST_DETAILS)
    .flatMap((issue) => {
      const path = [part, ...issue.path.map(String)].join('/')
      if (issue.code !== 'unrecognized_keys')
        return [{ path, message: issue.message, code: issue.code }]
      return issue.keys.slice(0, MOST_DETAILS).map((key) => ({
        path: `${path}/${key.slice(0, 80)}`,
        message: 'There is no such field.',
        code: 'unrecognized_key',
      }))
    })
}

type Serialize = (answer: unknown) => string

const require = createRequire(import.meta.url)

const serializers = new WeakMap<z.core.$ZodType, Serialize>()

/** Serialises answers by their schema: what is not declared is not sent. */
export const serializerCompiler: FastifySerializerCompiler<z.core.$ZodType> = ({ schema }) =>
  serializerFor(schema)

/**
 * Makes what serialises values of a schema. A schema is read once, however many routes answer with it.
 * @throws Error when JSON has no way to write what the schema says
 */
export function serializerFor(schema: z.core.$ZodType): Serialize {
  const serialize = serializers.get(schema) ?? serializerOf(schema)
  serializers.set(schema, serialize)
  return serialize
}

/**
 * Made with the first answer: making the code for every schema is most of what starting a server costs.
 * What may be no JSON is written at once, and refused before anybody asks.
 */
function serializerOf(schema: z.core.$ZodType): Serialize {
  const written = isPlainJson(schema) ? undefined : sentSchemaOf(schema)
  let serialize: Serialize | undefined
  return (answer) => {
    serialize ??= fastJson()((written ?? sentSchemaOf(schema)) as FastJson.Schema)
    return serialize(answer)
  }
}

/** 110 modules, Ajv among them: loaded by the first answer. */
function fastJson(): typeof FastJson {
  return require('fast-json-stringify')
}
