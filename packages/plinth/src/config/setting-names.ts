/** One environment variable that the service knows. */
export interface VariableName {
  readonly name: string
  /** Dotted key that it sets. Several names may set one key: then they must agree. */
  readonly key?: string
  /** The name to use instead; giving this one costs a notice. */
  readonly deprecatedFor?: string
  /** When that name is given too, it wins and this one is announced as unused. */
  readonly yieldsTo?: string
  /** Values of all names that join into one list are put together, in the order of the table. */
  readonly joins?: true
  /** The command that sets it by itself on a developer's machine, for the message when it is missing. */
  readonly suppliedBy?: string
  /** Values by dotted key that go with it where nothing else sets them. */
  readonly implies?: Readonly<Record<string, string>>
  /** The name is known and nothing reads it yet: the end of the sentence "NAME is set, but …". */
  readonly later?: string
}

/** An old key of the file and the key to use instead. */
export interface KeyAlias {
  readonly from: string
  readonly to: string
}

/** A block or key that a file may hold although nothing reads it yet. */
export interface LaterKey {
  /** Dotted; `<name>` stands for any name. */
  readonly key: string
  /** The end of the sentence "KEY is set, but …". */
  readonly says: string
}

/** The key that names the environment, which decides what else is read. */
export interface EnvironmentKey {
  readonly key: string
  readonly fallback: string
  readonly known: readonly string[]
  /** Other spellings of the known ones. */
  readonly aliases: Readonly<Record<string, string>>
}

/** All names under which settings may be given: data, so that the engine knows no setting by itself. */
export interface SettingNames {
  readonly environment: EnvironmentKey
  readonly variables: readonly VariableName[]
  readonly keyAliases: readonly KeyAlias[]
  readonly laterKeys: readonly LaterKey[]
}

/** Names of the variables that set a key, current names first. */
export function variablesOf(names: SettingNames, key: string): readonly string[] {
  const of = names.variables.filter((variable) => variable.key === key)
  const rank = ({ deprecatedFor, yieldsTo }: VariableName) =>
    (deprecatedFor ?? yieldsTo) === undefined
  return [...of.filter(rank), ...of.filter((variable) => !rank(variable))].map(({ name }) => name)
}

/** Matches the keys that a dotted pattern such as `oidc.providers.<name>.issuer` stands for. */
export function keyPattern(pattern: string): RegExp {
  const parts = pattern.split('.').map((part) => (part === '<name>' ? '[^.]+' : part))
  return new RegExp(`^${parts.join('\\.')}$`)
}
