'use client';

import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { SHORTCUTS, type ShortcutName } from '../editor/shortcuts.ts';
import { fold } from '../editor/suggest/match.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { showKeys } from '../ui/keys.ts';
import styles from './shortcuts-dialog.module.css';

type Row = readonly [name: string, keys: string];

type Section = readonly [heading: string, rows: readonly Row[]];

/** All keys, to be searched by what they do or by the keys themselves. */
export function ShortcutsDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTranslations();
  const [query, setQuery] = useState('');
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
  const all: readonly (readonly Section[])[] = [
    [
      [t('shortcuts.letters'), rows('letters')],
      [t('shortcuts.page'), rows('page')],
      [t('shortcuts.signs'), typed],
    ],
    [
      [t('shortcuts.blocks'), rows('blocks')],
      [t('shortcuts.markdown'), markdown],
    ],
  ];
  const columns = all.map((sections) =>
    sections
      .map(([heading, rows]): Section => [heading, rows.filter((row) => isAskedFor(row, query))])
      .filter(([, rows]) => rows.length > 0),
  );
  const close = () => {
    setQuery('');
    onClose();
  };
  return (
    <Dialog open={open} onClose={close} heading={t('shortcuts.heading')} wide>
      <Field
        label={t('shortcuts.search')}
        type="search"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        autoComplete="off"
        spellCheck={false}
      />
      <div className={styles.columns}>
        {columns.map((sections, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the two columns stay where they are
          <div key={at} className={styles.column}>
            {sections.map(([heading, rows]) => (
              <Keys key={heading} heading={heading} rows={rows} />
            ))}
          </div>
        ))}
      </div>
      <p className={styles.nothing} role="status">
        {columns.flat().length === 0 ? t('shortcuts.nothing') : null}
      </p>
    </Dialog>
  );
}

/** "ctrl b" finds Ctrl+B, however the machine writes it. */
function isAskedFor([name, keys]: Row, query: string): boolean {
  const words = fold(query).split(/[\s+]+/);
  const letters = fold(keys).split(/[\s+]+/);
  if (words.every((word) => letters.includes(word))) return true;
  return fold(name).includes(fold(query)) || fold(keys).includes(fold(query));
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
