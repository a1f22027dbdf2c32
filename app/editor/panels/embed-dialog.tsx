'use client';

import type { Editor } from '@tiptap/react';
import type { FormEvent } from 'react';
import { useTranslations } from 'use-intl';
import { completeUrl, safeUrl } from '../../../lib/convert/safe-url.ts';
import { insertEmbed } from '../../../lib/editor/content/embed.ts';
import { EMBED_SITES } from '../../../lib/editor/content/embed-sites.ts';
import { AddressField, useAddress } from '../../ui/address-field.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';

const SITES = EMBED_SITES.map(({ name }) => name).join(', ');

/** Asks for the address of a page. Mounted only while it is open. */
export function EmbedDialog({ editor, onClose }: { editor: Editor; onClose: () => void }) {
  const t = useTranslations('embed');
  const { address, isRefused, refuse, field } = useAddress();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const url = safeUrl(completeUrl(address), 'link');
    const isPage = url?.startsWith('http') === true;
    if (!isPage) return refuse();
    insertEmbed(editor, url);
    onClose();
  };

  return (
    <Dialog
      open
      onClose={onClose}
      onClosed={() => editor.commands.focus()}
      heading={t('heading')}
      text={t('sites', { sites: SITES })}
    >
      <form onSubmit={submit}>
        <AddressField
          label={t('address')}
          placeholder={t('addressHint')}
          {...field}
          error={isRefused ? t('invalid') : undefined}
        />
        <DialogActions>
          <Button kind="primary" type="submit">
            {t('insert')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
