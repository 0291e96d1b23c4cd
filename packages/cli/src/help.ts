import { type CommandDef, renderUsage } from 'citty'
import type { Resolved } from './resolve-command.ts'

const ROOT = `plinth: run, look after and understand a service

  plinth dev                    run all of it on this machine, reload on change
  plinth dev --provider keycloak    the same, with a real Keycloak
  plinth dev start-env          only PostgreSQL, identity provider and mailbox
  plinth dev start-server       only the server, on services that run
  plinth dev status             what runs, and where
  plinth dev logs [service]     what postgres, provider, mailbox and server said
  plinth dev stop               stop everything; data stays

  plinth init-db                make roles, schemas and tables
  plinth db …                   setup, migrate and look into the database
  plinth config …               explain every setting, check the configuration
  plinth routes                 every route and who may call it
  plinth version                versions of Plinth and Node

  plinth <command> --help       its options; --dry-run wherever it writes

Exit codes: 0 done · 1 failed · 2 asked wrongly, or in the wrong place
`

/** One screen about a command. */
export async function helpFor({ path, command }: Resolved): Promise<string> {
  if (path.length === 0) return ROOT
  const parent: CommandDef = { meta: { name: ['plinth', ...path.slice(0, -1)].join(' ') } }
  const named: CommandDef = {
    ...command,
    meta: { ...(await metaOf(command)), name: path.at(-1) ?? '' },
  }
  return `${await renderUsage(named, parent)}\n`
}

async function metaOf({ meta }: CommandDef) {
  return typeof meta === 'function' ? await meta() : await meta
}
