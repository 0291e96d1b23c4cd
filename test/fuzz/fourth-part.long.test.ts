import { fuzzSuite } from './fuzz-suite.fixture.ts'

fuzzSuite(3)
