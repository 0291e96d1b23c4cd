import assert from 'node:assert/strict'
import { test } from 'node:test'
import { phrase, policyPhrase, typePhrase } from './phrase.ts'

test('definitions of the catalogue read as a person writes them', () => {
  const said = {
    "CHECK ((status = ANY (ARRAY['draft'::text, 'LIVE'::text])))":
      "check (status in ('draft', 'LIVE'))",
    'CREATE INDEX a_b_idx ON app.a USING btree (tenant_id, b)':
      'create index a_b_idx on app.a (tenant_id, b)',
    'FOREIGN KEY (tenant_id, b) REFERENCES app.c(tenant_id, id) ON DELETE RESTRICT':
      'foreign key (tenant_id, b) references app.c (tenant_id, id) on delete restrict',
    "'it''s A'::character varying": "'it''s A'",
  }
  for (const [definition, text] of Object.entries(said)) assert.equal(phrase(definition), text)
  assert.equal(typePhrase('timestamp(3) with time zone'), 'timestamptz(3)')
  assert.equal(typePhrase('character varying(20)'), 'varchar(20)')
})

test('a policy says nothing that goes without saying', () => {
  const tenant = `(tenant_id = (NULLIF(current_setting('plinth.tenant_id'::text, true), ''::text))::uuid)`
  const definition = `\n  create policy "tenant"\n  on "app"."orders"\n  as permissive\n  for all\n  to public\nusing (${tenant})\nwith check (${tenant});\n`
  const said = "tenant_id = nullif(current_setting('plinth.tenant_id', true), '')::uuid"
  assert.equal(
    policyPhrase(definition),
    `create policy tenant on app.orders\n  using (${said})\n  with check (${said})`,
  )
})
