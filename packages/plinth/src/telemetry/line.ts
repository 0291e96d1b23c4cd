/**
 * JSON leaves some characters bare that a terminal or a log viewer obeys: DEL and C1 controls, line
 * and paragraph separators, direction overrides, invisible marks. As `\uXXXX` they are only shown
 * (HI-21). JSON itself escapes C0 controls and lone surrogates.
 */
const OBEYED =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g

/** One line that holds one event, whatever was in it. Safe on JSON: only strings can hold these. */
export function inertLine(json: string): string {
  return json.replace(OBEYED, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
