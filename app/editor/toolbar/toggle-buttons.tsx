'use client';

import type { Editor } from '@tiptap/react';
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
import { showKeys } from '../../ui/keys.ts';
import { readToggles, TOGGLES, type ToggleState } from '../commands.ts';
import { SHORTCUTS } from '../shortcuts.ts';
import { useSettledState } from '../use-settled-state.ts';
import { ToolbarButton } from './toolbar-button.tsx';

// What is on or off at the selection: the same buttons in the bar at the top and in the one at a selection.

type Toggle = readonly [name: keyof ToggleState, Icon: LucideIcon];

export const MARKS: readonly Toggle[] = [
  ['bold', Bold],
  ['italic', Italic],
  ['strike', Strikethrough],
  ['code', Code],
];

export const LISTS: readonly Toggle[] = [
  ['bulletList', List],
  ['orderedList', ListOrdered],
  ['taskList', ListTodo],
];

export const BLOCKS: readonly Toggle[] = [
  ['quote', TextQuote],
  ['codeBlock', SquareCode],
];

export function ToggleButtons({ editor, toggles }: { editor: Editor; toggles: readonly Toggle[] }) {
  const t = useTranslations('toolbar');
  const state = useSettledState({ editor, selector: ({ editor }) => readToggles(editor) });
  return toggles.map(([name, Icon]) => (
    <ToolbarButton
      key={name}
      label={t(name)}
      shortcut={showKeys(SHORTCUTS[`toolbar.${name}`].keys)}
      aria-pressed={state[name]}
      onClick={() => TOGGLES[name](editor)}
    >
      <Icon size={17} aria-hidden />
    </ToolbarButton>
  ));
}
