'use client';

import { SendHorizontal } from 'lucide-react';
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from 'react';
import { useTranslations } from 'use-intl';
import type { Awareness } from 'y-protocols/awareness';
import { MESSAGE_LENGTH } from '../../lib/chat/messages.ts';
import { TypingTeller } from '../../lib/chat/typing.ts';
import { IconButton } from '../ui/icon-button.tsx';
import styles from './chat-composer.module.css';

export interface ChatComposerProps {
  awareness: Awareness;
  draft: string;
  onDraft: (text: string) => void;
  /** False when there was nothing to send. */
  onSend: (text: string) => boolean;
}

/** `keyCode` of a key that an input method has taken: Safari says so only here, after the composition has ended. */
const TAKEN_BY_INPUT_METHOD = 229;

/** Pixels up to which the field grows with its lines. */
const HIGHEST = 160;

export function ChatComposer({ awareness, draft, onDraft, onSend }: ChatComposerProps) {
  const t = useTranslations('chat');
  const field = useRef<HTMLTextAreaElement>(null);
  const typing = useRef<TypingTeller>(undefined);
  useEffect(() => {
    const teller = new TypingTeller(awareness);
    typing.current = teller;
    return () => teller.stop();
  }, [awareness]);

  // A finger that opens the chat wants to read first: the keyboard would cover it.
  useEffect(() => {
    if (window.matchMedia('(pointer: fine)').matches) field.current?.focus();
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: for each change of the text
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${Math.min(element.scrollHeight, HIGHEST)}px`;
  }, [draft]);

  const write = (text: string) => {
    onDraft(text);
    if (text.trim() === '') typing.current?.stop();
    else typing.current?.typed(performance.now());
  };
  const send = () => {
    if (!onSend(draft)) return;
    typing.current?.stop();
    onDraft('');
    field.current?.focus();
  };
  const keyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key !== 'Enter' || event.shiftKey || event.altKey) return;
    if (event.nativeEvent.isComposing || event.keyCode === TAKEN_BY_INPUT_METHOD) return;
    event.preventDefault();
    send();
  };

  return (
    <div className={styles.composer}>
      <textarea
        ref={field}
        className={styles.field}
        data-testid="chat-field"
        aria-label={t('field')}
        placeholder={t('placeholder')}
        rows={1}
        maxLength={MESSAGE_LENGTH}
        enterKeyHint="send"
        dir="auto"
        value={draft}
        onChange={(event) => write(event.target.value)}
        onKeyDown={keyDown}
        onBlur={() => typing.current?.stop()}
      />
      <IconButton label={t('send')} className={styles.send} disabled={draft.trim() === ''} onClick={send}>
        <SendHorizontal size={17} aria-hidden />
      </IconButton>
    </div>
  );
}
