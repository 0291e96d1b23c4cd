interface Issue {
  readonly code?: string | undefined
  readonly path: readonly PropertyKey[]
}

/**
 * The faults of an input, one for each field that is of the wrong type: what its checks say of the
 * length of a list, where a text belongs, only confuses.
 */
export function oneFaultEach<I extends Issue>(issues: readonly I[]): readonly I[] {
  if (issues.length < 2) return issues
  const mistyped = new Set(
    issues.filter(({ code }) => code === 'invalid_type').map(({ path }) => placeOf(path)),
  )
  return issues.filter(({ code, path }) => code === 'invalid_type' || !mistyped.has(placeOf(path)))
}

function placeOf(path: readonly PropertyKey[]): string {
  return path.map(String).join('/')
}
