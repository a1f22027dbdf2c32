'use client';

import type { Editor } from '@tiptap/react';
import { ChevronDown } from 'lucide-react';
import { Toolbar } from 'radix-ui';
import type { ReactNode } from 'react';
import { Menu } from '../../ui/menu.tsx';
import { backToText } from '../back-to-text.ts';
import styles from './toolbar.module.css';

export interface ToolbarMenuProps {
  editor: Editor;
  /** What it is called, and what it shows as chosen where that is no word. */
  label: string;
  /** Shown beside the pointer, where the button has no words. */
  title?: string;
  className?: string | undefined;
  /** What the button shows. */
  face: ReactNode;
  children: ReactNode;
}

/** A menu of a bar. When it closes, the text has the focus again. */
export function ToolbarMenu({ editor, label, title, className = styles.choice, face, children }: ToolbarMenuProps) {
  return (
    <Menu
      align="start"
      onCloseAutoFocus={backToText(editor)}
      trigger={
        <Toolbar.Button asChild>
          <button type="button" className={className} aria-label={label} title={title}>
            {face}
            <ChevronDown size={13} aria-hidden />
          </button>
        </Toolbar.Button>
      }
    >
      {children}
    </Menu>
  );
}
