'use client';

import { useTranslations } from 'use-intl';
import { SHORTCUTS, type ShortcutName } from '../editor/shortcuts.ts';
import { Dialog } from '../ui/dialog.tsx';
import { showKeys } from '../ui/keys.ts';
import styles from './shortcuts-dialog.module.css';

type Row = readonly [name: string, keys: string];

export function ShortcutsDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTranslations();
  const rows = (group: (typeof SHORTCUTS)[ShortcutName]['group']): Row[] =>
    (Object.keys(SHORTCUTS) as ShortcutName[])
      .filter((name) => SHORTCUTS[name].group === group)
      .map((name) => [t(name), showKeys(SHORTCUTS[name].keys)]);
  const typed: readonly Row[] = [
    [t('insert.menu'), '/'],
    [t('mention.menu'), '@'],
    [t('emoji.menu'), ':'],
  ];
  const markdown: readonly Row[] = [
    [t('toolbar.heading', { level: '1–4' }), '# … ####'],
    [t('toolbar.bulletList'), '-'],
    [t('toolbar.orderedList'), '1.'],
    [t('toolbar.taskList'), '[ ]'],
    [t('toolbar.quote'), '>'],
    [t('toolbar.codeBlock'), '```'],
    [t('toolbar.rule'), '---'],
  ];
  return (
    <Dialog open={open} onClose={onClose} heading={t('shortcuts.heading')} wide>
      <div className={styles.columns}>
        <div className={styles.column}>
          <Keys heading={t('shortcuts.letters')} rows={rows('letters')} />
          <Keys heading={t('shortcuts.page')} rows={rows('page')} />
          <Keys heading={t('shortcuts.signs')} rows={typed} />
        </div>
        <div className={styles.column}>
          <Keys heading={t('shortcuts.blocks')} rows={rows('blocks')} />
          <Keys heading={t('shortcuts.markdown')} rows={markdown} />
        </div>
      </div>
    </Dialog>
  );
}

function Keys({ heading, rows }: { heading: string; rows: readonly Row[] }) {
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
