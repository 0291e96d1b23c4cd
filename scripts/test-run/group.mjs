// The process behind a group of test files: each is a suite of its own, one after the other, so that its hooks run for
// its tests only and what it opened is closed before the next begins. Modules that they share are loaded once.
import { describe } from 'node:test'
import { pathToFileURL } from 'node:url'

for (const file of JSON.parse(process.env.PLINTH_TEST_FILES ?? '[]')) {
  describe(file, async () => {
    await import(pathToFileURL(file).href)
  })
}
