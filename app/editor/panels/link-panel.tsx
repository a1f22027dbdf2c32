'use client';

import type { Editor } from '@tiptap/react';
import type { FormEvent } from 'react';
import { useTranslations } from 'use-intl';
import { completeUrl, safeUrl } from '../../../lib/convert/safe-url.ts';
import { AddressField, useAddress } from '../../ui/address-field.tsx';
import { Button } from '../../ui/button.tsx';
import { DialogActions } from '../../ui/dialog.tsx';
import { Panel } from './panel.tsx';

/** Asks for the address of a link, at the text that is to become one. Mounted only while it is open. */
export function LinkPanel({ editor, onClose }: { editor: Editor; onClose: () => void }) {
  const t = useTranslations('link');
  const current = editor.getAttributes('link').href;
  const { address, isRefused, refuse, field } = useAddress(typeof current === 'string' ? current : '');

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const href = safeUrl(completeUrl(address), 'link');
    if (href === undefined) return refuse();
    setLink(editor, href, address.trim());
    onClose();
  };

  const remove = () => {
    editor.chain().extendMarkRange('link').unsetLink().run();
    onClose();
  };

  return (
    <Panel editor={editor} label={t('heading')} onClose={onClose}>
      <form onSubmit={submit}>
        <AddressField
          label={t('address')}
          placeholder={t('addressHint')}
          {...field}
          onFocus={(event) => event.target.select()}
          enterKeyHint="done"
          error={isRefused ? t('invalid') : undefined}
        />
        <DialogActions>
          {current ? (
            <Button kind="quiet" onClick={remove}>
              {t('remove')}
            </Button>
          ) : null}
          <Button kind="primary" type="submit">
            {t('apply')}
          </Button>
        </DialogActions>
      </form>
    </Panel>
  );
}

/** Links the selection, or the link that has the caret; with neither, what was typed becomes text and link. */
function setLink(editor: Editor, href: string, typed: string): void {
  if (editor.state.selection.empty && !editor.isActive('link')) {
    editor
      .chain()
      .insertContent({ type: 'text', text: typed, marks: [{ type: 'link', attrs: { href } }] })
      .run();
  } else {
    editor.chain().extendMarkRange('link').setLink({ href }).run();
    // Behind it: the next letter would replace what is selected.
    editor.commands.setTextSelection(editor.state.selection.to);
  }
}
