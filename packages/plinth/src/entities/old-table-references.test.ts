import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { entity, migrationForAll, ref } from '../data/index.ts'
import { feature } from '../feature/index.ts'
import { newId } from '../kernel/index.ts'
import type { CrudWorld } from './crud.fixture.ts'
import { openCrudWorld } from './crud.fixture.ts'
import { crud } from './index.ts'

const journal = entity('journal', { text: z.string() }, { owned: 'person', softDelete: true })
const topic = entity('topic', { text: z.string(), topic_id: ref('topic').nullish() })
const old = (name: string, key?: string) =>
  ({ schema: 'billing', name, ...(key && { key }), migrated: 'elsewhere' }) as const
const account = entity(
  'account',
  { number: z.string() },
  { unique: [['number']], table: old('accounts', 'account_id') },
)
const invoice = entity(
  'invoice',
  {
    text: z.string().default(''),
    journal_id: ref('journal').nullish(),
    topic_id: ref('topic').nullish(),
    account_id: ref('account').nullish(),
  },
  { table: old('invoices') },
)
const receipt = entity('receipt', { journal_id: ref('journal') }, { table: old('receipts') })

const TENANT = "nullif(current_setting('plinth.tenant_id', true), '')::uuid"
const EACH = `tenant_id uuid not null default ${TENANT}, version integer not null default 1,
  created_at timestamptz(3) not null default now(), updated_at timestamptz(3) not null default now()`
const wall = (table: string) => `
  create trigger touch before update on billing.${table} for each row execute function plinth.touch_row();
  alter table billing.${table} enable row level security, force row level security;
  create policy tenant on billing.${table} using (tenant_id = ${TENANT}) with check (tenant_id = ${TENANT});`

// Of three tables from before one has no keys at all, one has keys under names of its own.
const BILLING = `
  create schema billing;
  grant usage on schema billing to plinth_app;
  create table billing.accounts (account_id uuid primary key, number text not null, ${EACH},
    constraint uq_number unique (tenant_id, number));
  create table billing.invoices (id uuid primary key, text text, journal_id uuid, topic_id uuid,
    account_id uuid, ${EACH});
  create table billing.receipts (id uuid primary key, journal_id uuid not null, ${EACH},
    constraint fk_journal foreign key (tenant_id, journal_id) references app.journals (tenant_id, id));
  grant select, insert, update, delete on billing.invoices, billing.receipts to plinth_app;
  grant select, insert on billing.accounts to plinth_app;
  ${['accounts', 'invoices', 'receipts'].map(wall).join('')}`

let world: CrudWorld
before(async () => {
  const permissions = ['journal:read', 'journal:create', 'journal:delete']
  const mine = [...permissions, ...['invoice', 'receipt', 'account', 'topic'].map((n) => `${n}:*`)]
  world = await openCrudWorld({
    sql: migrationForAll([journal, topic]).up + BILLING,
    features: [
      feature('billing', {
        entities: [journal, topic, account, invoice, receipt],
        routes: [crud(journal), crud(topic), crud(account), crud(invoice), crud(receipt)],
      }),
    ],
    who: {
      ben: { permissions: mine },
      cleo: { permissions: mine },
      ana: { permissions: [...mine, 'journal:all'] },
      evil: { permissions: ['*'], tenant: 1 },
    },
  })
})
after(() => world[Symbol.asyncDispose]())

const API = '/api/v1'

async function made(path: string, body: object, who: string): Promise<string> {
  const answer = await world.call('POST', `${API}/${path}`, { body, who })
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  return String(answer.body['id'])
}

async function told(method: string, path: string, body: object, who: string) {
  const answer = await world.call(method, `${API}/${path}`, { body, who })
  const [detail] = answer.body.details ?? []
  return [answer.status, detail?.path, detail?.message]
}

test('TN-61 TN-10 a table from before refers to what its caller may see, though no key of ours stands there', async () => {
  const [bens, cleos] = [
    await made('journals', { text: 'b' }, 'ben'),
    await made('journals', { text: 'c' }, 'cleo'),
  ]
  const gone = await made('journals', { text: 'x' }, 'cleo')
  await world.call('DELETE', `${API}/journals/${gone}`, { who: 'cleo' })
  const foreign = await made('topics', { text: 'f' }, 'evil')
  const at = `invoices/${await made('invoices', { journal_id: cleos }, 'cleo')}`
  const no = (field: string, to: string) => [422, `body/${field}`, `There is no such ${to}`]
  for (const journal_id of [bens, gone, newId()]) {
    for (const [method, path] of [
      ['POST', 'invoices'],
      ['PATCH', at],
      ['PUT', at],
      ['POST', 'receipts'],
    ] as const) {
      const said = await told(method, path, { journal_id }, 'cleo')
      assert.deepEqual(said, no('journal_id', 'journal'), `${method} ${path}`)
    }
  }
  for (const topic_id of [foreign, newId()])
    assert.deepEqual(await told('POST', 'invoices', { topic_id }, 'cleo'), no('topic_id', 'topic'))
  const account_id = newId()
  assert.deepEqual(await told('PATCH', at, { account_id }, 'cleo'), no('account_id', 'account'))
  const items = [{ journal_id: cleos }, { journal_id: bens }]
  const bulk = await told('POST', 'invoices/bulk', { items }, 'cleo')
  assert.deepEqual(bulk, no('items/1/journal_id', 'journal'))
  const { body } = await world.call('GET', `${API}/invoices?count=exact`, { who: 'cleo' })
  assert.deepEqual([body['total'], body.items[0]?.['version']], [1, 1])
})

test('what a caller may see is referred to from a table from before, and back to it', async () => {
  const bens = await made('journals', { text: 'b' }, 'ben')
  const topic_id = await made('topics', { text: 't' }, 'ben')
  const account_id = await made('accounts', { number: '1' }, 'ben')
  const at = `invoices/${await made('invoices', { journal_id: bens, topic_id, account_id }, 'ben')}`
  assert.equal((await told('PUT', at, { journal_id: bens, topic_id }, 'cleo'))[0], 200)
  assert.equal((await told('PATCH', at, { account_id: null }, 'cleo'))[0], 200)
  assert.equal((await told('PATCH', at, { account_id }, 'cleo'))[0], 200)
  assert.equal((await told('POST', 'receipts', { journal_id: bens }, 'ana'))[0], 201)
  assert.equal((await told('POST', 'accounts', { number: '1' }, 'ben'))[0], 409)
})

test('issue 4 §3: a row that others of its own table refer to is in use, and no field of the request is at fault', async () => {
  const topic_id = await made('topics', { text: 'over' }, 'ana')
  await made('topics', { text: 'under', topic_id }, 'ana')
  const answer = await world.call('DELETE', `${API}/topics/${topic_id}`, { who: 'ana' })
  assert.deepEqual([answer.status, answer.body['code']], [409, 'entity.in_use'])
})
