import { start } from 'plinth'
import { features } from './features.ts'

await start({ features })
