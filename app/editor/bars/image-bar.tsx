'use client';

import type { Editor } from '@tiptap/react';
import { AlignCenter, AlignLeft, AlignRight, ExternalLink, MessageSquareText, Trash2 } from 'lucide-react';
import { Toolbar } from 'radix-ui';
import type { RefObject } from 'react';
import { useTranslations } from 'use-intl';
import { changeImage, selectedImage } from '../../../lib/editor/content/image.ts';
import type { ImagePlace } from '../../../lib/editor/content/image-content.ts';
import { useBlockPlace } from '../block/use-block-place.ts';
import type { Panel } from '../commands.ts';
import { ToolbarButton } from '../toolbar/toolbar-button.tsx';
import { useSettledState } from '../use-settled-state.ts';
import { FloatingBar, FloatingSeparator } from './floating-bar.tsx';
import styles from './image-bar.module.css';

/** Percent of the column. */
const WIDTHS = [25, 50, 75, 100] as const;

const PLACES = [
  ['left', AlignLeft],
  ['center', AlignCenter],
  ['right', AlignRight],
] as const satisfies readonly (readonly [ImagePlace, unknown])[];

export interface ImageBarProps {
  editor: Editor;
  frame: RefObject<HTMLElement | null>;
  openPanel: (panel: Panel) => void;
}

/** Size, place and texts of the selected image. */
export function ImageBar({ editor, frame, openPanel }: ImageBarProps) {
  const t = useTranslations('image');
  const place = useBlockPlace(editor, frame, findImage);
  const image = useSettledState({ editor, selector: ({ editor }) => selectedImage(editor.state) });
  if (!place || !image) return null;
  return (
    <FloatingBar label={t('menu')} place={place} at="above">
      {PLACES.map(([align, Icon]) => (
        <ToolbarButton
          key={align}
          label={t(align)}
          aria-pressed={image.align === align}
          onClick={() => changeImage(editor, { align })}
        >
          <Icon size={16} aria-hidden />
        </ToolbarButton>
      ))}
      <FloatingSeparator />
      {WIDTHS.map((width) => (
        <Toolbar.Button
          key={width}
          className={styles.width}
          aria-label={t('width', { percent: String(width) })}
          aria-pressed={image.width === width}
          onClick={() => changeImage(editor, { width: image.width === width ? null : width })}
        >
          {width}%
        </Toolbar.Button>
      ))}
      <FloatingSeparator />
      <ToolbarButton label={t('texts')} onClick={() => openPanel('imageText')}>
        <MessageSquareText size={16} aria-hidden />
      </ToolbarButton>
      {image.src === undefined ? null : (
        <ToolbarButton label={t('open')} onClick={() => window.open(image.src, '_blank', 'noopener,noreferrer')}>
          <ExternalLink size={16} aria-hidden />
        </ToolbarButton>
      )}
      <ToolbarButton label={t('delete')} onClick={() => editor.chain().focus().deleteSelection().run()}>
        <Trash2 size={16} aria-hidden />
      </ToolbarButton>
    </FloatingBar>
  );
}

function findImage(editor: Editor): Element | undefined {
  if (!selectedImage(editor.state)) return undefined;
  const element = editor.view.nodeDOM(editor.state.selection.from);
  return element instanceof Element ? element : undefined;
}
