import { readFile } from 'node:fs/promises'
import path from 'node:path'

/** A name that travels between modules: `name` there is `as` here. */
export interface Binding {
  /** A file of the package, or what an import names. */
  readonly from: string
  /** Whether it is a file of the package. */
  readonly inner: boolean
  readonly name: string
  readonly as: string
}

/** A module of the package as the compiler wrote it. */
export interface Module {
  /** Below the folder of the package's code, with forward slashes. */
  readonly file: string
  readonly imports: readonly Binding[]
  readonly passedOn: readonly Binding[]
  /** Own names by the name under which they are exported. */
  readonly exported: ReadonlyMap<string, string>
  /** Files that it imports when it comes to that. */
  readonly later: readonly string[]
  /** Its lines without `import` and `export`. */
  readonly code: readonly string[]
}

const IMPORT = /^import (?:([\w$]+)(?:, )?)?(?:\{([^}]*)\} ?)? ?from '([^']+)';$/
const PASSED_ON = /^export \{([^}]*)\} from '([^']+)';$/
const OWN_LIST = /^export \{([^}]*)\};$/
const DECLARED = /^export ((?:async )?(?:function\*?|class|const) ([\w$]+).*)$/
const LATER = /\bimport\('(\.[^']+)'\)/g

/**
 * Reads one module. The compiler writes imports and exports in very few forms, each on a line of its own.
 * @param root folder of the package's code
 * @throws Error for a form that is not known here, so that nothing is left out in silence
 */
export async function readModule(root: string, file: string): Promise<Module> {
  const imports: Binding[] = []
  const passedOn: Binding[] = []
  const exported = new Map<string, string>()
  const later: string[] = []
  const declarations = await readFile(path.join(root, file.replace(/\.js$/, '.d.ts')), 'utf8')
  const beside = (target: string) => path.posix.join(path.posix.dirname(file), target)
  const bindingsOf = (names: readonly string[], target = ''): readonly Binding[] => {
    const inner = target.startsWith('.')
    const from = inner ? beside(target) : target
    return names.map((text) => ({ from, inner, ...namesIn(text) }))
  }

  const codeOf = (line: string): string => {
    for (const [, from = ''] of line.matchAll(LATER)) later.push(beside(from))
    if (!/^(import|export)\b/.test(line)) return line
    const [, whole, named, from] = IMPORT.exec(line) ?? []
    if (from !== undefined) {
      const names = [...(whole === undefined ? [] : [`default as ${whole}`]), ...listed(named)]
      imports.push(...bindingsOf(names, from))
      return ''
    }
    const [, given, source] = PASSED_ON.exec(line) ?? []
    if (source !== undefined) {
      passedOn.push(...bindingsOf(listed(given), source))
      return ''
    }
    const [, own] = OWN_LIST.exec(line) ?? []
    if (own !== undefined) {
      for (const { name, as } of listed(own).map(namesIn)) exported.set(as, name)
      return ''
    }
    const [, declaration, name] = DECLARED.exec(line) ?? []
    if (declaration === undefined || name === undefined || !declares(declarations, name))
      throw new Error(`${file}: this line is not understood by the bundler: ${line}`)
    exported.set(name, name)
    return declaration
  }
  const text = await readFile(path.join(root, file), 'utf8')
  const code = text.trimEnd().split('\n').map(codeOf)
  return { file, imports, passedOn, exported, later, code }
}

/** A line of a text that only looks like an export has no declaration. */
function declares(declarations: string, name: string): boolean {
  const escaped = name.replaceAll('$', '\\$')
  return new RegExp(`^export declare (function|class|const) ${escaped}\\b`, 'm').test(declarations)
}

function listed(names = ''): readonly string[] {
  return names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function namesIn(text: string): Pick<Binding, 'name' | 'as'> {
  const [name = '', as = name] = text.split(' as ')
  return { name, as }
}
