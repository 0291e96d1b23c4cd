import { defineCommand } from 'citty'
import { misuse } from '../cli-error.ts'
import { say } from '../dev/terminal.ts'
import type { Shell } from './scripts.ts'

const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish']

/** `plinth completion zsh`: what the shell loads to complete commands and options. */
export const completionCommand = defineCommand({
  meta: { description: 'Print the completion of a shell, to be loaded by it' },
  args: { shell: { type: 'positional', required: true, description: SHELLS.join(', ') } },
  async run({ args }) {
    const shell = SHELLS.find((one) => one === args.shell)
    if (shell === undefined)
      throw misuse(`There is completion for ${SHELLS.join(', ')}, and none for "${args.shell}".`)
    const [{ commandTree }, { rootCommand }, { choicesOf }, { scriptFor }] = await Promise.all([
      import('../command-tree.ts'),
      import('../root.command.ts'),
      import('./words.ts'),
      import('./scripts.ts'),
    ])
    say(scriptFor[shell](choicesOf(await commandTree(rootCommand))).trimEnd())
  },
})
