import type { Fragment } from '@tiptap/pm/model';
import type { Selection } from '@tiptap/pm/state';
import type { NodeJson } from '../../convert/document-json.ts';
import { plainText } from '../../convert/document-json.ts';
import { writeMarkdown } from '../../convert/markdown/write-markdown.ts';
import { withHosts } from '../content/image-content.ts';

/** What a copied selection is for programs that take text only: words from one block are just words, several blocks are Markdown. */
export function copiedText(selection: Selection, content: Fragment): string {
  const { $from, $to } = selection;
  const doc: NodeJson = { type: 'doc', content: content.toJSON() as NodeJson[] };
  return $from.sameParent($to) && $from.parent.isTextblock ? plainText(doc) : writeMarkdown(withHosts(doc));
}
