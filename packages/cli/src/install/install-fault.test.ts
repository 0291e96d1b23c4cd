import assert from 'node:assert/strict'
import { test } from 'node:test'
import { installFault } from './install-fault.ts'

const CASES: Readonly<Record<string, readonly [said: string, fault: string]>> = {
  'npm does not find a package': [
    `npm warn Unknown user config "nodedir".
npm error code E404
npm error 404 Not Found - GET https://registry.example/nope - Not found
npm error 404
npm error 404  'nope@*' is not in this registry.
npm error A complete log of this run can be found in: ~/.npm/_logs/x.log`,
    '404 Not Found - GET https://registry.example/nope - Not found',
  ],
  'npm cannot reach a registry': [
    `npm error code ECONNREFUSED
npm error syscall connect
npm error errno ECONNREFUSED
npm error FetchError: request to http://127.0.0.1:1/x failed, reason: connect ECONNREFUSED
npm error A complete log of this run can be found in: ~/x.log`,
    'FetchError: request to http://127.0.0.1:1/x failed, reason: connect ECONNREFUSED',
  ],
  'npm finds no set of versions': [
    `npm error code ERESOLVE
npm error ERESOLVE unable to resolve dependency tree
npm error
npm error While resolving: shop@0.1.0`,
    'ERESOLVE unable to resolve dependency tree',
  ],
  'a script of a package fails under npm': [
    `npm error code 1
npm error path /shop/node_modules/native
npm error command failed
npm error command sh -c node-gyp rebuild
npm error gyp: no compiler`,
    'command sh -c node-gyp rebuild',
  ],
  'pnpm does not find a package': [
    ` ERR_PNPM_FETCH_404  GET https://registry.example/nope: Not Found - 404

This error happened while installing a direct dependency of /shop`,
    'ERR_PNPM_FETCH_404  GET https://registry.example/nope: Not Found - 404',
  ],
  'Yarn does not find a package': [
    `➤ YN0000: · Yarn 4.18.1
➤ YN0000: ┌ Resolution step
➤ YN0035: │ nope@npm:*: Package not found
➤ YN0000: └ Completed
➤ YN0000: · Failed with errors in 0s 144ms`,
    'YN0035: │ nope@npm:*: Package not found',
  ],
  'Bun does not find a package, in colours': [
    `bun install v1.4.5
\u001b[31merror\u001b[0m: GET https://registry.example/nope - 404`,
    'GET https://registry.example/nope - 404',
  ],
  'something else was said': ['one\n  the last word.\n\n', 'the last word'],
}

for (const [title, [said, fault]] of Object.entries(CASES))
  test(`why an installation failed: ${title}`, () => assert.equal(installFault(said), fault))

test('why an installation failed: nothing was said', () => {
  assert.equal(installFault(' \n'), undefined)
})
