'use client';

import { type Editor, useEditorState } from '@tiptap/react';
import {
  Bold,
  Code,
  Italic,
  List,
  ListOrdered,
  ListTodo,
  type LucideIcon,
  SquareCode,
  Strikethrough,
  TextQuote,
} from 'lucide-react';
import { useTranslations } from 'use-intl';
import { modKeys } from '../ui/keys.ts';
import { readToggles, TOGGLES, type ToggleState } from './commands.ts';
import { ToolbarButton } from './toolbar-button.tsx';

// What is on or off at the selection: the same buttons in the bar at the top and in the one at a selection.

type Toggle = readonly [name: keyof ToggleState, Icon: LucideIcon, keys: string | undefined];

export const MARKS: readonly Toggle[] = [
  ['bold', Bold, 'B'],
  ['italic', Italic, 'I'],
  ['strike', Strikethrough, '⇧S'],
  ['code', Code, 'E'],
];

export const LISTS: readonly Toggle[] = [
  ['bulletList', List, '⇧8'],
  ['orderedList', ListOrdered, '⇧7'],
  ['taskList', ListTodo, '⇧9'],
];

export const BLOCKS: readonly Toggle[] = [
  ['quote', TextQuote, '⇧B'],
  ['codeBlock', SquareCode, undefined],
];

export function ToggleButtons({ editor, toggles }: { editor: Editor; toggles: readonly Toggle[] }) {
  const t = useTranslations('toolbar');
  const state = useEditorState({ editor, selector: ({ editor }) => readToggles(editor) });
  return toggles.map(([name, Icon, keys]) => (
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
}
