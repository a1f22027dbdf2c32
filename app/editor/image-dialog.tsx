'use client';

import type { Editor } from '@tiptap/react';
import { type FormEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import { placeBlock } from '../../lib/editor/content/place-block.ts';
import { safeUrl } from '../../lib/editor/content/safe-url.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';

/** Asks for the address of an image. Mounted only while it is open. */
export function ImageDialog({ editor, onClose }: { editor: Editor; onClose: () => void }) {
  const t = useTranslations('image');
  const [address, setAddress] = useState('');
  const [alt, setAlt] = useState('');
  const [invalid, setInvalid] = useState(false);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const src = safeUrl(address.trim(), 'image');
    setInvalid(src === undefined);
    if (src === undefined) return;
    const { tr, schema } = editor.state;
    if (placeBlock(tr, schema.node('image', { src, alt: alt.trim() }))) editor.view.dispatch(tr);
    onClose();
  };

  return (
    <Dialog open onClose={onClose} onClosed={() => editor.commands.focus()} heading={t('heading')}>
      <form onSubmit={submit}>
        <Field
          label={t('address')}
          placeholder={t('addressHint')}
          value={address}
          onChange={(event) => {
            setAddress(event.target.value);
            setInvalid(false);
          }}
          inputMode="url"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          error={invalid ? t('invalid') : undefined}
        />
        <Field
          label={t('description')}
          placeholder={t('descriptionHint')}
          value={alt}
          onChange={(event) => setAlt(event.target.value)}
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
