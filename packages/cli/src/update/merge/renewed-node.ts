import { isDeepStrictEqual } from 'node:util'
import { type Document, isNode, isScalar, isSeq, type Node, type YAMLSeq } from 'yaml'
import type { Value } from './merge-values.ts'

/** A node of the document that has another value from now on; the comments at it stay where they can. */
export function renewedNode(document: Document, node: unknown, value: Value): Node {
  if (isScalar(node) && (typeof value !== 'object' || value === null)) {
    node.value = value
    return node
  }
  if (isSeq(node) && Array.isArray(value)) return renewedList(document, node, value)
  const renewed = document.createNode(value)
  if (!isNode(node)) return renewed
  renewed.comment = node.comment ?? null
  renewed.commentBefore = node.commentBefore ?? null
  return renewed
}

/** Items that stay are the nodes that they were, with what the owner wrote beside them. */
function renewedList(document: Document, list: YAMLSeq, value: readonly Value[]): YAMLSeq {
  const left = list.items.map((node) => ({
    node,
    value: isNode(node) ? node.toJS(document) : node,
  }))
  list.items = value.map((item) => {
    const at = left.findIndex((one) => isDeepStrictEqual(one.value, item))
    return at < 0 ? document.createNode(item) : left.splice(at, 1)[0]?.node
  })
  return list
}
