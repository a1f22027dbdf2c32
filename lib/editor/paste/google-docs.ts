import type { Pasted } from './pasted.ts';
import { all, unwrap } from './reshape.ts';

// Google Docs: everything within a `<b style="font-weight:normal" id="docs-internal-guid-...">`, and a check list as items with `role="checkbox"` that begin with a picture of the box.

export const googleDocs = {
  applies: (source: string) => /docs-internal-guid/.test(source),

  transform({ body }: Pasted): void {
    for (const wrapper of all(body, '[id^="docs-internal-guid"]')) unwrap(wrapper);
    // Between blocks it is an empty line of Google's own; a document here has no use for it.
    for (const gap of [...body.children].filter((child) => child.localName === 'br')) gap.remove();
    for (const item of all(body, 'li[role="checkbox"]')) {
      for (const box of all(item, 'img')) box.remove();
      item.setAttribute('data-checked', String(item.getAttribute('aria-checked') === 'true'));
    }
  },
};
