'use client';

import { useTranslations } from 'use-intl';
import type * as Y from 'yjs';
import type { NodeJson } from '../../lib/convert/document-json.ts';
import { CONTENT, documentTitle } from '../../lib/convert/new-document.ts';
import { useToast } from '../ui/toast.tsx';

/** Copies the whole document as Markdown, its title as the first heading. */
export function useCopyMarkdown(doc: Y.Doc): () => void {
  const t = useTranslations('paste');
  const toast = useToast();
  const copy = async () => {
    try {
      // A promise, begun within the press: some browsers forget it while code is being loaded.
      const text = markdownOf(doc).then((markdown) => new Blob([markdown], { type: 'text/plain' }));
      await navigator.clipboard.write([new ClipboardItem({ 'text/plain': text })]);
      toast(t('copied'));
    } catch {
      toast(t('copyFailed'), 'danger'); // not allowed, or not over HTTPS
    }
  };
  return () => void copy();
}

async function markdownOf(doc: Y.Doc): Promise<string> {
  const [{ yXmlFragmentToProsemirrorJSON }, { writeMarkdown }, { withHosts }] = await Promise.all([
    import('@tiptap/y-tiptap'),
    import('../../lib/convert/markdown/write-markdown.ts'),
    import('../../lib/editor/content/image-content.ts'),
  ]);
  const text = writeMarkdown(withHosts(yXmlFragmentToProsemirrorJSON(doc.getXmlFragment(CONTENT)) as NodeJson));
  const title = documentTitle(doc).trim();
  return title === '' ? `${text}\n` : `# ${title}\n\n${text}\n`;
}
