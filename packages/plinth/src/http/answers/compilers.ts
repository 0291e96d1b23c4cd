import fastJson from 'fast-json-stringify'
import type { FastifySchemaCompiler, FastifySerializerCompiler } from 'fastify'
import { z } from 'zod'
import type { ErrorDetail } from '../../kernel/index.ts'
import { httpProblems } from '../http.errors.ts'

/** Validates params, query, headers and body by their Zod schema; a miss is 422 with field paths. */
export const validatorCompiler: FastifySchemaCompiler<z.core.$ZodType> = ({ schema, httpPart }) => {
  const part = httpPart === 'querystring' ? 'query' : (httpPart ?? 'body')
  return (input) => {
    const result = z.safeParse(schema, input)
    if (result.success) return { value: result.data }
    return { error: httpProblems.invalid({ details: issuesOf(result.error, part) }) }
  }
}

const MOST_DETAILS = 50

function issuesOf(error: z.core.$ZodError, part: string): readonly ErrorDetail[] {
  return error.issues.slice(0, MOST_DETAILS).flatMap((issue) => {
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

/** Serialises answers by their schema: what is not declared is not sent. */
export const serializerCompiler: FastifySerializerCompiler<z.core.$ZodType> = ({ schema }) => {
  const jsonSchema = z.toJSONSchema(schema, { target: 'draft-7', io: 'output' })
  return fastJson(jsonSchema as fastJson.Schema)
}
