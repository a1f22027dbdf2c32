'use client';

import { MessageSquare } from 'lucide-react';
import { useTranslations } from 'use-intl';
import type { SharedDocument } from '../../lib/react/index.ts';
import { useSelf } from '../person/person-store.ts';
import { IconButton } from '../ui/icon-button.tsx';
import styles from './chat-button.module.css';
import { useUnread } from './use-chat.ts';

export const CHAT_BUTTON = 'chat-button';
export const CHAT_PANEL = 'chat-panel';

/** Digits that fit the badge. */
const MOST = 99;

export interface ChatButtonProps {
  provider: SharedDocument;
  open: boolean;
  onToggle: () => void;
}

/** Opens the chat, and says how much in it is new. */
export function ChatButton({ provider, open, onToggle }: ChatButtonProps) {
  const t = useTranslations('chat');
  const self = useSelf();
  const unread = useUnread(provider, self.state === 'named' ? self.person : undefined);
  const count = unread.length;
  return (
    <IconButton
      id={CHAT_BUTTON}
      label={count === 0 ? t('open') : t('openUnread', { count })}
      className={styles.button}
      aria-expanded={open}
      aria-controls={CHAT_PANEL}
      onClick={onToggle}
    >
      <MessageSquare size={18} aria-hidden />
      {count > 0 ? (
        <span className={styles.badge} data-testid="chat-unread">
          {count > MOST ? `${MOST}+` : count}
        </span>
      ) : null}
    </IconButton>
  );
}
