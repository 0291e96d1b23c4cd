import type { Choice, Choices } from './words.ts'

/** A shell that has completion. */
export type Shell = 'bash' | 'zsh' | 'fish'

/** The script that a shell loads: everything is in it, so that a Tab starts no process. */
export const scriptFor: Readonly<Record<Shell, (all: readonly Choices[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
}

const words = (list: readonly Choice[]): string => list.map(({ word }) => word).join(' ')
const places = (all: readonly Choices[]): string =>
  all
    .map(({ at }) => at)
    .filter((at) => at !== '')
    .join('|')

function bashScript(all: readonly Choices[]): string {
  const cases = all.map(
    ({ at, commands, options }) =>
      `    '${at}') commands='${words(commands)}' options='${words(options)}' ;;`,
  )
  return `# Completion of plinth for bash: source <(plinth completion bash)
_plinth_words() {
  local at='' word commands='' options=''
  for word in "\${@:1:$#-1}"; do
    case "$at/$word" in
      ${places(all)}) at="$at/$word" ;;
    esac
  done
  case "$at" in
${cases.join('\n')}
  esac
  if [[ "\${!#}" == -* ]]; then printf '%s\\n' "$options --help"; else printf '%s\\n' "$commands"; fi
}
_plinth() {
  local current="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=($(compgen -W "$(_plinth_words "\${COMP_WORDS[@]:1:COMP_CWORD}")" -- "$current"))
}
complete -o default -F _plinth plinth
`
}

function zshScript(all: readonly Choices[]): string {
  const described = (list: readonly Choice[]) =>
    list.map(({ word, says }) => `'${word}:${says}'`).join(' ')
  const cases = all.map(
    ({ at, commands, options }) =>
      `    '${at}') commands=(${described(commands)}) options=(${described(options)}) ;;`,
  )
  return `#compdef plinth
# Completion of plinth for zsh: source <(plinth completion zsh)
_plinth_words() {
  local at='' word
  typeset -ga reply
  local -a commands options
  for word in "\${(@)argv[1,-2]}"; do
    case "$at/$word" in
      ${places(all)}) at="$at/$word" ;;
    esac
  done
  case "$at" in
${cases.join('\n')}
  esac
  if [[ "\${argv[-1]}" == -* ]]; then reply=($options '--help:options and examples'); else reply=($commands); fi
}
_plinth() {
  _plinth_words "\${(@)words[2,CURRENT]}"
  if (( $#reply )); then _describe plinth reply; else _files; fi
}
if [[ "\${funcstack[1]}" == _plinth ]]; then _plinth "$@"; else compdef _plinth plinth; fi
`
}

function fishScript(all: readonly Choices[]): string {
  const lines = all.flatMap(({ at, commands, options }) => [
    ...commands.map(
      ({ word, says }) =>
        `complete -c plinth -f -n "__plinth_at '${at}'" -a '${word}' -d '${says}'`,
    ),
    ...options.map(
      ({ word, says }) =>
        `complete -c plinth -n "__plinth_at '${at}'" -l '${word.slice(2)}' -d '${says}'`,
    ),
  ])
  const known = all.map(({ at }) => `'${at}'`).join(' ')
  return `# Completion of plinth for fish: plinth completion fish | source
function __plinth_at
  set -l at ''
  for word in (commandline -opc)[2..-1]
    if contains -- "$at/$word" ${known}
      set at "$at/$word"
    end
  end
  test "$at" = "$argv[1]"
end
${lines.join('\n')}
complete -c plinth -l help -d 'options and examples'
`
}
