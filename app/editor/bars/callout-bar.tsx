'use client';

import type { Editor } from '@tiptap/react';
import { Info, Lightbulb, type LucideIcon, OctagonAlert, TriangleAlert, X } from 'lucide-react';
import type { RefObject } from 'react';
import { useTranslations } from 'use-intl';
import { CALLOUT_KINDS, type CalloutKind, calloutKind } from '../../../lib/editor/content/callout.ts';
import { blockAround, useBlockPlace } from '../block/use-block-place.ts';
import { ToolbarButton } from '../toolbar/toolbar-button.tsx';
import { useSettledState } from '../use-settled-state.ts';
import { FloatingBar, FloatingSeparator } from './floating-bar.tsx';

const ICONS: Readonly<Record<CalloutKind, LucideIcon>> = {
  info: Info,
  tip: Lightbulb,
  warning: TriangleAlert,
  danger: OctagonAlert,
};

const findCallout = (editor: Editor) => blockAround(editor, 'callout');

/** The kind of the callout that has the caret. */
export function CalloutBar({ editor, frame }: { editor: Editor; frame: RefObject<HTMLElement | null> }) {
  const t = useTranslations('callout');
  const place = useBlockPlace(editor, frame, findCallout);
  const kind = useSettledState({ editor, selector: ({ editor }) => calloutKind(editor.getAttributes('callout').kind) });
  if (!place) return null;
  return (
    <FloatingBar label={t('menu')} place={place} at="edge">
      {CALLOUT_KINDS.map((one) => {
        const Icon = ICONS[one];
        return (
          <ToolbarButton
            key={one}
            label={t(one)}
            aria-pressed={one === kind}
            onClick={() => editor.chain().setCallout(one).run()}
          >
            <Icon size={16} aria-hidden />
          </ToolbarButton>
        );
      })}
      <FloatingSeparator />
      <ToolbarButton label={t('remove')} onClick={() => editor.chain().focus().unsetCallout().run()}>
        <X size={16} aria-hidden />
      </ToolbarButton>
    </FloatingBar>
  );
}
