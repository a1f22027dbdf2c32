'use client';

import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import type { Words } from '../../lib/editor/extensions.ts';

/** The words that the nodes of a text show or say, in the language of the page. */
export function useWords(): Words {
  const t = useTranslations();
  return useMemo(
    () => ({
      placeholder: t('document.placeholder'),
      task: t('document.task'),
      callout: {
        info: t('callout.info'),
        tip: t('callout.tip'),
        warning: t('callout.warning'),
        danger: t('callout.danger'),
      },
      contents: { label: t('contents.label'), empty: t('contents.empty') },
      math: {
        empty: t('math.empty'),
        tooLong: t('math.tooLong'),
        invalid: t('math.invalid'),
        unavailable: t('math.unavailable'),
      },
      diagram: { label: t('diagram.label'), tooLong: t('diagram.tooLong'), unavailable: t('diagram.unavailable') },
      image: { refused: t('image.refused'), broken: (host) => t('image.broken', { host }) },
      embed: { show: (host) => t('embed.show', { host }), open: t('link.open'), refused: t('embed.refused') },
      board: { label: t('board.label'), empty: t('board.empty'), open: t('board.open') },
      mention: { untitled: t('mention.untitled') },
      toggle: { button: t('toggle.button'), empty: t('toggle.empty') },
    }),
    [t],
  );
}
