import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findJava, preparedKeycloak } from '../../dev/index.ts'
import { openKeycloak } from './keycloak.fixture.ts'
import { signInSuite } from './sign-in-suite.fixture.ts'

const java = await findJava()
const prepared = preparedKeycloak()

if (java === undefined || prepared === undefined)
  test(
    'Keycloak: the sign-in suite at a real Keycloak',
    {
      skip: 'Keycloak is not prepared on this machine: `npm run keycloak` fetches it (needs Java 17 and Maven)',
    },
    () => assert.fail(),
  )
else signInSuite('Keycloak', () => openKeycloak(java, prepared), { rotateKeys: true })
