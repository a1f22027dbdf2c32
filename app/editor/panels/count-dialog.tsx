'use client';

import { type Editor, useEditorState } from '@tiptap/react';
import { useFormatter, useTranslations } from 'use-intl';
import { countDocument, countRange, readingMinutes } from '../../../lib/editor/word-count.ts';
import { Dialog } from '../../ui/dialog.tsx';
import styles from './count-dialog.module.css';

/** How much has been written; of the selection where there is one. Counted only while this is open. */
export function CountDialog({ editor, onClose }: { editor: Editor; onClose: () => void }) {
  const t = useTranslations('count');
  const format = useFormatter();
  const { whole, selected } = useEditorState({
    editor,
    selector: ({ editor: { state } }) => ({
      whole: countDocument(state.doc),
      selected: state.selection.empty ? undefined : countRange(state.doc, state.selection.from, state.selection.to),
    }),
  });
  const rows = [
    [t('words'), whole.words, selected?.words],
    [t('characters'), whole.characters, selected?.characters],
    [t('minutes'), readingMinutes(whole), selected && readingMinutes(selected)],
  ] as const;
  return (
    <Dialog open onClose={onClose} onClosed={() => editor.commands.focus()} heading={t('heading')}>
      <table className={styles.table}>
        <thead>
          <tr>
            <td />
            {selected ? <th scope="col">{t('selection')}</th> : null}
            <th scope="col">{t('document')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, all, part]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {part === undefined ? null : <td>{format.number(part)}</td>}
              <td>{format.number(all)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
