'use client';

import type { Editor } from '@tiptap/react';
import { GripVertical, Link, Redo2, Smile, Undo2 } from 'lucide-react';
import { Toolbar as Radix } from 'radix-ui';
import { useRef } from 'react';
import { useTranslations } from 'use-intl';
import { undoable } from '../../../lib/editor/undo-step.ts';
import { showKeys } from '../../ui/keys.ts';
import type { Panel } from '../commands.ts';
import { SHORTCUTS } from '../shortcuts.ts';
import { TableControl } from '../table/table-control.tsx';
import { useAboveKeyboard } from '../use-above-keyboard.ts';
import { useSettledState } from '../use-settled-state.ts';
import { AlignmentMenu } from './alignment-menu.tsx';
import { ColorMenu } from './color-menu.tsx';
import { InsertMenu } from './insert-menu.tsx';
import { LetterMenu } from './letter-menu.tsx';
import { StyleMenu } from './style-menu.tsx';
import { BLOCKS, LISTS, MARKS, ToggleButtons } from './toggle-buttons.tsx';
import styles from './toolbar.module.css';
import { ToolbarButton } from './toolbar-button.tsx';

/** One stop for the tab key; arrows move within. Pressing a button with the mouse leaves the caret where it is. */
export interface ToolbarProps {
  editor: Editor;
  openPanel: (panel: Panel) => void;
  /** Opens the menu of the block that has the caret: on a touch screen nothing else does. */
  openBlockMenu: () => void;
}

export function Toolbar({ editor, openPanel, openBlockMenu }: ToolbarProps) {
  const t = useTranslations('toolbar');
  const bar = useRef<HTMLDivElement>(null);
  useAboveKeyboard(bar);
  const state = useSettledState({
    editor,
    selector: ({ editor }) => ({
      link: editor.isActive('link'),
      ...undoable(editor.state),
    }),
  });

  return (
    <Radix.Root
      ref={bar}
      className={styles.toolbar}
      data-toolbar="" // what floats keeps clear of it (use-floating.ts)
      aria-label={t('label')}
      onMouseDown={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (event.key === 'Escape') editor.view.focus(); // at once: the next key is the text's
      }}
    >
      <div className={styles.scroller}>
        <ToolbarButton
          label={t('undo')}
          shortcut={showKeys(SHORTCUTS['toolbar.undo'].keys)}
          aria-disabled={!state.canUndo}
          onClick={() => editor.chain().focus().undo().run()}
        >
          <Undo2 size={17} aria-hidden />
        </ToolbarButton>
        <ToolbarButton
          label={t('redo')}
          shortcut={showKeys(SHORTCUTS['toolbar.redo'].keys)}
          aria-disabled={!state.canRedo}
          onClick={() => editor.chain().focus().redo().run()}
        >
          <Redo2 size={17} aria-hidden />
        </ToolbarButton>
        <Radix.Separator className={styles.separator} />
        <StyleMenu editor={editor} />
        <Radix.Separator className={styles.separator} />
        <ToggleButtons editor={editor} toggles={MARKS} />
        <ToolbarButton
          label={t('link')}
          shortcut={showKeys(SHORTCUTS['toolbar.link'].keys)}
          aria-pressed={state.link}
          onClick={() => openPanel('link')}
        >
          <Link size={17} aria-hidden />
        </ToolbarButton>
        <LetterMenu editor={editor} />
        <ColorMenu editor={editor} />
        <ToolbarButton label={t('emoji')} aria-haspopup="dialog" onClick={() => openPanel('emoji')}>
          <Smile size={17} aria-hidden />
        </ToolbarButton>
        <Radix.Separator className={styles.separator} />
        <AlignmentMenu editor={editor} />
        <ToggleButtons editor={editor} toggles={LISTS} />
        <Radix.Separator className={styles.separator} />
        <ToggleButtons editor={editor} toggles={BLOCKS} />
        <Radix.Separator className={styles.separator} />
        <TableControl editor={editor} />
        <InsertMenu editor={editor} openPanel={openPanel} />
        <ToolbarButton className={styles.touchOnly} label={t('block')} onClick={openBlockMenu}>
          <GripVertical size={17} aria-hidden />
        </ToolbarButton>
      </div>
    </Radix.Root>
  );
}
