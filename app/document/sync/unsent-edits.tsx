'use client';

import { Copy, Download, FileClock } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { messagesIn, readChat } from '../../../lib/chat/messages.ts';
import { SEEN } from '../../../lib/chat/unread.ts';
import { mergeUpdates } from '../../../lib/client/index.ts';
import { unsentText } from '../../../lib/editor/unsent-text.ts';
import { type SharedDocument, useSyncState } from '../../../lib/react/index.ts';
import { Button } from '../../ui/button.tsx';
import { copyText } from '../../ui/copy-text.ts';
import { saveFile } from '../../ui/save-file.ts';
import { useToast } from '../../ui/toast.tsx';
import styles from './unsent-edits.module.css';

/** What has not reached the server, to be read, copied, and saved as a file: so that nobody has to trust that it will. */
export function UnsentEdits({ provider }: { provider: SharedDocument }) {
  const t = useTranslations('unsent');
  const toast = useToast();
  const sync = useSyncState(provider);
  const [copied, setCopied] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each edit that is made or saved
  const { updates, text } = useMemo(() => {
    const updates = provider.unsent();
    return { updates, text: wordsOf(provider, updates, { title: t('title'), chat: t('chat') }) };
  }, [provider, sync, t]);
  if (updates.length === 0) return null;

  const copy = async () => {
    const done = await copyText(text);
    setCopied(done);
    if (!done) toast(t('copyFailed'), 'danger');
  };
  const file = `inkroom-${provider.name}-unsent`;
  const saveUpdate = () => saveFile(`${file}.yjs`, new Uint8Array(mergeUpdates(updates)), 'application/octet-stream');
  return (
    <section className={styles.unsent} data-testid="unsent">
      <h3 className={styles.heading}>{t('heading')}</h3>
      {text === '' ? (
        <p className={styles.note}>{t('noWords')}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <div className={styles.text} tabIndex={0}>
          {text}
        </div>
      )}
      <div className={styles.actions}>
        <Button onClick={() => void copy()} disabled={text === ''}>
          <Copy size={15} aria-hidden />
          {copied ? t('copied') : t('copy')}
        </Button>
        <Button onClick={() => saveFile(`${file}.txt`, text, 'text/plain;charset=utf-8')} disabled={text === ''}>
          <Download size={15} aria-hidden />
          {t('saveText')}
        </Button>
        <Button kind="quiet" onClick={saveUpdate}>
          <FileClock size={15} aria-hidden />
          {t('saveUpdate')}
        </Button>
      </div>
      <p className={styles.note}>{t('updateNote')}</p>
    </section>
  );
}

/** The title, the blocks, and the messages of the chat, apart by empty lines. */
function wordsOf(
  { doc }: SharedDocument,
  updates: readonly Uint8Array[],
  label: { title: string; chat: string },
): string {
  const { title, blocks } = unsentText(doc, updates);
  const waiting = messagesIn(updates);
  const messages = readChat(doc, SEEN).messages.filter(({ id }) => waiting.has(id));
  return [
    ...(title === undefined ? [] : [`${label.title}: ${title}`]),
    ...blocks,
    ...(messages.length === 0 ? [] : [[`${label.chat}:`, ...messages.map((message) => message.text)].join('\n')]),
  ].join('\n\n');
}
