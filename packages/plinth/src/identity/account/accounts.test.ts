import { after } from 'node:test'
import { sharedAccounts } from './accounts.fixture.ts'
import './email-change-suite.fixture.ts'
import './password-change-suite.fixture.ts'
import './password-sign-in-suite.fixture.ts'
import './registration-suite.fixture.ts'

// The tests of accounts over HTTP, in one process.
after(async () => {
  const accounts = await sharedAccounts()
  await accounts[Symbol.asyncDispose]()
})
