'use client';

import { type Editor, posToDOMRect } from '@tiptap/react';
import { Popover } from 'radix-ui';
import { type ReactNode, useRef } from 'react';
import { backToText } from '../back-to-text.ts';
import styles from './panel.module.css';

export interface PanelProps {
  editor: Editor;
  label: string;
  onClose: () => void;
  children: ReactNode;
}

/** A small form at what is selected in the text, which has the focus again afterwards. Mounted only while it is open. */
export function Panel({ editor, label, onClose, children }: PanelProps) {
  const anchor = useRef({ getBoundingClientRect: () => selectedRect(editor) });
  return (
    <Popover.Root open onOpenChange={(open) => !open && onClose()}>
      <Popover.Anchor virtualRef={anchor} />
      <Popover.Portal>
        <Popover.Content
          className={styles.panel}
          align="start"
          sideOffset={8}
          collisionPadding={12}
          aria-label={label}
          data-floating="" // the bar that it was opened from stays (use-block-place.ts)
          onCloseAutoFocus={backToText(editor)}
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function selectedRect({ state, view }: Editor): DOMRect {
  const { from, to } = state.selection;
  const block = 'node' in state.selection ? view.nodeDOM(from) : null;
  return block instanceof Element ? block.getBoundingClientRect() : posToDOMRect(view, from, to);
}
