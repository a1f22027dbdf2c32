'use client';

import { type Editor, useEditorState } from '@tiptap/react';
import {
  Bold,
  Code,
  ImagePlus,
  Italic,
  Link,
  List,
  ListOrdered,
  ListTodo,
  type LucideIcon,
  Minus,
  Redo2,
  SquareCode,
  Strikethrough,
  TextQuote,
  Undo2,
} from 'lucide-react';
import { Toolbar as Radix } from 'radix-ui';
import { useTranslations } from 'use-intl';
import { modKeys } from '../ui/keys.ts';
import { AlignmentMenu } from './alignment-menu.tsx';
import { ColorMenu } from './color-menu.tsx';
import { type Panel, readToggles, TOGGLES, type ToggleState } from './commands.ts';
import { StyleMenu } from './style-menu.tsx';
import { TableControl } from './table-control.tsx';
import styles from './toolbar.module.css';
import { ToolbarButton } from './toolbar-button.tsx';

type Toggle = readonly [name: keyof ToggleState, Icon: LucideIcon, keys: string | undefined];

const MARKS: readonly Toggle[] = [
  ['bold', Bold, 'B'],
  ['italic', Italic, 'I'],
  ['strike', Strikethrough, '⇧S'],
  ['code', Code, 'E'],
];

const LISTS: readonly Toggle[] = [
  ['bulletList', List, '⇧8'],
  ['orderedList', ListOrdered, '⇧7'],
  ['taskList', ListTodo, '⇧9'],
];

const BLOCKS: readonly Toggle[] = [
  ['quote', TextQuote, '⇧B'],
  ['codeBlock', SquareCode, undefined],
];

/** One stop for the tab key; arrows move within. Pressing a button with the mouse leaves the caret where it is. */
export function Toolbar({ editor, openPanel }: { editor: Editor; openPanel: (panel: Panel) => void }) {
  const t = useTranslations('toolbar');
  const state = useEditorState({
    editor,
    selector: ({ editor }) => ({
      ...readToggles(editor),
      link: editor.isActive('link'),
      canUndo: editor.can().undo(),
      canRedo: editor.can().redo(),
    }),
  });

  const toggles = (group: readonly Toggle[]) =>
    group.map(([name, Icon, keys]) => (
      <ToolbarButton
        key={name}
        label={t(name)}
        shortcut={keys === undefined ? undefined : modKeys(keys)}
        aria-pressed={state[name]}
        onClick={() => TOGGLES[name](editor)}
      >
        <Icon size={17} aria-hidden />
      </ToolbarButton>
    ));

  return (
    <Radix.Root className={styles.toolbar} aria-label={t('label')} onMouseDown={(event) => event.preventDefault()}>
      <div className={styles.scroller}>
        <ToolbarButton
          label={t('undo')}
          shortcut={modKeys('Z')}
          aria-disabled={!state.canUndo}
          onClick={() => editor.chain().focus().undo().run()}
        >
          <Undo2 size={17} aria-hidden />
        </ToolbarButton>
        <ToolbarButton
          label={t('redo')}
          shortcut={modKeys('⇧Z')}
          aria-disabled={!state.canRedo}
          onClick={() => editor.chain().focus().redo().run()}
        >
          <Redo2 size={17} aria-hidden />
        </ToolbarButton>
        <Radix.Separator className={styles.separator} />
        <StyleMenu editor={editor} />
        <Radix.Separator className={styles.separator} />
        {toggles(MARKS)}
        <ToolbarButton
          label={t('link')}
          shortcut={modKeys('K')}
          aria-pressed={state.link}
          onClick={() => openPanel('link')}
        >
          <Link size={17} aria-hidden />
        </ToolbarButton>
        <ColorMenu editor={editor} />
        <Radix.Separator className={styles.separator} />
        <AlignmentMenu editor={editor} />
        {toggles(LISTS)}
        <Radix.Separator className={styles.separator} />
        {toggles(BLOCKS)}
        <ToolbarButton label={t('rule')} onClick={() => editor.chain().focus().setHorizontalRule().run()}>
          <Minus size={17} aria-hidden />
        </ToolbarButton>
        <Radix.Separator className={styles.separator} />
        <ToolbarButton label={t('image')} onClick={() => openPanel('image')}>
          <ImagePlus size={17} aria-hidden />
        </ToolbarButton>
        <TableControl editor={editor} />
      </div>
    </Radix.Root>
  );
}
