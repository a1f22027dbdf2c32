import { Fragment, type Node, type NodeType } from '@tiptap/pm/model';
import * as Y from 'yjs';
import { marksOf } from './marks.ts';
import { HIDDEN, nodeOf, type Shown } from './shown.ts';

// Shared elements to nodes of the editor.
// Invariant: reading writes nothing. What the schema does not know or does not allow in its place, because of two edits at once or a newer
// editor, is hidden; y-prosemirror deletes it, for everybody.

/** The content of `parent`, whose node is of `type`; undefined when what can be shown of it is not enough for such a node. */
export function readContent(parent: Y.XmlFragment, type: NodeType, shown: Shown): Fragment | undefined {
  let match = type.contentMatch;
  const nodes: Node[] = [];
  for (const child of parent.toArray()) {
    if (child instanceof Y.XmlText) {
      const next = match.matchType(type.schema.nodes.text as NodeType);
      if (!next || child.length === 0) continue;
      match = next;
      nodes.push(...readText(child, type));
    } else if (child instanceof Y.XmlElement) {
      const node = nodeOf(shown, child) ?? readElement(child, type, shown);
      const next = node && match.matchType(node.type);
      shown.set(child, next ? node : HIDDEN);
      if (!next) continue;
      match = next;
      nodes.push(node);
    }
  }
  return match.validEnd ? Fragment.fromArray(nodes) : undefined;
}

/** Made anew from all that is below, except what is in `shown` already. */
export function readElement(element: Y.XmlElement, parent: NodeType, shown: Shown): Node | undefined {
  const type = parent.schema.nodes[element.nodeName];
  if (!type || type.isText) return undefined;
  const content = readContent(element, type, shown);
  if (!content) return undefined;
  try {
    return type.create(element.getAttributes(), content);
  } catch {
    return undefined; // an attribute that the schema needs is missing
  }
}

function readText(text: Y.XmlText, type: NodeType): Node[] {
  return (text.toDelta() as { insert: unknown; attributes?: Record<string, unknown> }[]).flatMap(
    ({ insert, attributes }) =>
      typeof insert === 'string' && insert !== '' ? [type.schema.text(insert, marksOf(attributes, type))] : [],
  );
}
