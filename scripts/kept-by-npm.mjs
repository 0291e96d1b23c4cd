// npm takes options that stand before `--` as its own, hands them on as variables, and says nothing:
// `npm run new ../shop --dry-run` would write.
const OURS = {
  start: ['host', 'port', 'provider', 'log-level', 'no-reload'],
  new: ['tenancy', 'without', 'package-manager', 'no-install', 'no-git', 'dry-run'],
}

/**
 * What to say when npm kept options of one of our scripts; undefined when it kept none.
 * @param {Record<string, string | undefined>} env
 * @returns {string | undefined}
 */
export function keptByNpm(env) {
  const script = env.npm_lifecycle_event ?? ''
  const options = Object.hasOwn(OURS, script) ? OURS[script] : []
  const kept = options.filter((option) => isGiven(option, env)).map((option) => `--${option}`)
  if (kept.length === 0) return undefined
  return `npm kept ${kept.join(' ')} for itself, and nothing was done: options stand behind --, as in \`npm run ${script} -- ${kept[0]}\`.`
}

function isGiven(option, env) {
  const name = option.replace(/^no-/, '')
  const value = env[`npm_config_${name.replaceAll('-', '_')}`]
  // What is switched off is empty or "false"; a setting of npm's own by that name has another value.
  const off = value === '' || value === 'false'
  return value !== undefined && off === option.startsWith('no-')
}
