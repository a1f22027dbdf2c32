// A document, or a part of one, as plain data: what TipTap's `getJSON` gives and takes. No DOM, no schema: the server can read and write it.

export interface MarkJson {
  type: string;
  attrs?: Record<string, unknown>;
}

export interface NodeJson {
  type: string;
  attrs?: Record<string, unknown>;
  content?: NodeJson[];
  marks?: MarkJson[];
  text?: string;
}

/** The text of a node without any marking; lines of a hard break apart. */
export function plainText(node: NodeJson): string {
  if (node.type === 'hardBreak') return '\n';
  return node.text ?? (node.content ?? []).map(plainText).join('');
}
