'use client';

import { useTranslations } from 'use-intl';
import { Dialog } from '../ui/dialog.tsx';
import { modKeys } from '../ui/keys.ts';
import styles from './shortcuts-dialog.module.css';

export function ShortcutsDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTranslations('shortcuts');
  const toolbar = useTranslations('toolbar');
  const editing: ReadonlyArray<readonly [string, string]> = [
    [toolbar('undo'), modKeys('Z')],
    [toolbar('redo'), modKeys('⇧Z')],
    [toolbar('bold'), modKeys('B')],
    [toolbar('italic'), modKeys('I')],
    [toolbar('strike'), modKeys('⇧S')],
    [toolbar('code'), modKeys('E')],
    [toolbar('link'), modKeys('K')],
    [t('toolbar'), 'Alt F10'],
    [t('here'), modKeys('/')],
  ];
  const markdown: ReadonlyArray<readonly [string, string]> = [
    [toolbar('heading', { level: '1–4' }), '# … ####'],
    [toolbar('bulletList'), '-'],
    [toolbar('orderedList'), '1.'],
    [toolbar('taskList'), '[ ]'],
    [toolbar('quote'), '>'],
    [toolbar('codeBlock'), '```'],
    [toolbar('rule'), '---'],
  ];
  return (
    <Dialog open={open} onClose={onClose} heading={t('heading')} wide>
      <div className={styles.columns}>
        <Keys heading={t('editing')} rows={editing} />
        <Keys heading={t('markdown')} rows={markdown} />
      </div>
    </Dialog>
  );
}

function Keys({ heading, rows }: { heading: string; rows: ReadonlyArray<readonly [string, string]> }) {
  return (
    <section>
      <h3 className={styles.heading}>{heading}</h3>
      <dl className={styles.keys}>
        {rows.map(([name, keys]) => (
          <div key={name} className={styles.row}>
            <dt>{name}</dt>
            <dd>
              <kbd className={styles.key}>{keys}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
