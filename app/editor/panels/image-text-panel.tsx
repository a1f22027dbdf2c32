'use client';

import type { Editor } from '@tiptap/react';
import { type FormEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import { changeImage, selectedImage } from '../../../lib/editor/content/image.ts';
import { IMAGE_TEXT_LENGTH } from '../../../lib/editor/content/image-content.ts';
import { Button } from '../../ui/button.tsx';
import { DialogActions } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Panel } from './panel.tsx';

/** The caption and the description of the selected image. Mounted only while it is open. */
export function ImageTextPanel({ editor, onClose }: { editor: Editor; onClose: () => void }) {
  const t = useTranslations('image');
  const [image] = useState(() => selectedImage(editor.state));
  const [caption, setCaption] = useState(image?.caption ?? '');
  const [alt, setAlt] = useState(image?.alt ?? '');

  const submit = (event: FormEvent) => {
    event.preventDefault();
    changeImage(editor, { caption: caption.trim() || null, alt: alt.trim() || null });
    onClose();
  };

  return (
    <Panel editor={editor} label={t('texts')} onClose={onClose}>
      <form onSubmit={submit}>
        <Field
          label={t('caption')}
          placeholder={t('captionHint')}
          value={caption}
          maxLength={IMAGE_TEXT_LENGTH}
          onChange={(event) => setCaption(event.target.value)}
        />
        <Field
          label={t('description')}
          placeholder={t('descriptionHint')}
          value={alt}
          maxLength={IMAGE_TEXT_LENGTH}
          onChange={(event) => setAlt(event.target.value)}
          enterKeyHint="done"
        />
        <DialogActions>
          <Button kind="primary" type="submit">
            {t('apply')}
          </Button>
        </DialogActions>
      </form>
    </Panel>
  );
}
