import assert from 'node:assert/strict'
import { test } from 'node:test'
import Fastify from 'fastify'
import { renderCensus } from './index.ts'
import { routesOutside } from './outside.ts'

test('routes of a foreign server are printed as OUTSIDE', async () => {
  const app = Fastify()
  app.get('/board/', async () => 1)
  app.get('/board/x/:id', async () => 1)
  app.post('/board/x', async () => 1)
  app.get('/z', async () => 1)
  const census = renderCensus(routesOutside(app))
  assert.deepEqual(
    census
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/)),
    [
      ['GET', '/board/', 'OUTSIDE'],
      ['POST', '/board/x', 'OUTSIDE'],
      ['GET', '/board/x/:id', 'OUTSIDE'],
      ['GET', '/z', 'OUTSIDE'],
    ],
  )
  await app.close()
})
