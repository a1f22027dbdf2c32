'use client';

import type { Editor } from '@tiptap/react';
import { Upload } from 'lucide-react';
import { type FormEvent, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { safeUrl } from '../../../lib/convert/safe-url.ts';
import { placeBlock } from '../../../lib/editor/content/place-block.ts';
import { uploadFiles } from '../../../lib/editor/uploads.ts';
import { UPLOAD_TYPES } from '../../../lib/protocol/upload.ts';
import { AddressField, useAddress } from '../../ui/address-field.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import styles from './image-dialog.module.css';

/** Asks for files of images, or for the address of one. Mounted only while it is open. */
export function ImageDialog({ editor, onClose }: { editor: Editor; onClose: () => void }) {
  const t = useTranslations('image');
  const { address, isRefused, refuse, field } = useAddress();
  const [alt, setAlt] = useState('');

  const files = useRef<HTMLInputElement>(null);

  const chosen = () => {
    const { view } = editor;
    if (files.current?.files) uploadFiles(view, [...files.current.files]);
    onClose();
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const src = safeUrl(address.trim(), 'image');
    if (src === undefined) return refuse();
    const { tr, schema } = editor.state;
    if (placeBlock(tr, schema.node('image', { src, alt: alt.trim() }))) editor.view.dispatch(tr);
    onClose();
  };

  return (
    <Dialog open onClose={onClose} onClosed={() => editor.commands.focus()} heading={t('heading')}>
      <input
        ref={files}
        type="file"
        hidden
        multiple
        accept={UPLOAD_TYPES.join(',')}
        onChange={chosen}
        data-testid="image-files"
      />
      <Button kind="plain" className={styles.choose} onClick={() => files.current?.click()}>
        <Upload size={16} aria-hidden />
        {t('choose')}
      </Button>
      <p className={styles.or}>{t('or')}</p>
      <form onSubmit={submit}>
        <AddressField
          label={t('address')}
          placeholder={t('addressHint')}
          {...field}
          error={isRefused ? t('invalid') : undefined}
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
