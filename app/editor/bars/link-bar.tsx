'use client';

import type { Editor } from '@tiptap/react';
import { ExternalLink, Pencil, Unlink } from 'lucide-react';
import { Toolbar } from 'radix-ui';
import type { RefObject } from 'react';
import { useTranslations } from 'use-intl';
import { safeUrl } from '../../../lib/convert/safe-url.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { useBlockPlace } from '../block/use-block-place.ts';
import { ToolbarButton } from '../toolbar/toolbar-button.tsx';
import { useSettledState } from '../use-settled-state.ts';
import { FloatingBar } from './floating-bar.tsx';
import styles from './link-bar.module.css';

export interface LinkBarProps {
  editor: Editor;
  frame: RefObject<HTMLElement | null>;
  /** While the link is being edited. */
  hidden: boolean;
  onEdit: () => void;
}

/** The address of the link that has the caret, and what to do with it. */
export function LinkBar({ editor, frame, hidden, onEdit }: LinkBarProps) {
  const t = useTranslations('link');
  const place = useBlockPlace(editor, frame, findLink);
  const href = useSettledState({
    editor,
    selector: ({ editor }) => safeUrl(editor.getAttributes('link').href, 'link'),
  });
  if (!place || hidden || href === undefined) return null;
  return (
    <FloatingBar label={t('menu')} place={place} at="below">
      <Toolbar.Link
        className={styles.address}
        href={href}
        target="_blank"
        rel="noopener noreferrer nofollow"
        aria-label={`${t('open')}: ${href}`}
      >
        <ExternalLink size={14} aria-hidden />
        <span className={styles.text}>{shorten(href)}</span>
      </Toolbar.Link>
      <ToolbarButton label={t('edit')} onClick={onEdit}>
        <Pencil size={16} aria-hidden />
      </ToolbarButton>
      <CopyButton label={t('copy')} copied={t('copied')} text={() => href} />
      <ToolbarButton
        label={t('remove')}
        onClick={() => editor.chain().focus().extendMarkRange('link').unsetLink().run()}
      >
        <Unlink size={16} aria-hidden />
      </ToolbarButton>
    </FloatingBar>
  );
}

/** Without what says nothing; the host stays, as that is what one decides by. */
function shorten(href: string): string {
  return href.replace(/^(?:https?:\/\/|mailto:|tel:)/, '').replace(/\/$/, '');
}

function findLink(editor: Editor): Element | undefined {
  const { selection } = editor.state;
  if (!selection.empty || !editor.isActive('link')) return undefined;
  const { node } = editor.view.domAtPos(selection.from);
  const element = node instanceof Element ? node : node.parentElement;
  return element?.closest('a') ?? undefined;
}
