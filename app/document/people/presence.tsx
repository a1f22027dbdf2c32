'use client';

import { Pencil } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { type Participant, type SharedDocument, usePresence } from '../../../lib/react/index.ts';
import { Avatar } from '../../person/avatar.tsx';
import { Hint } from '../../ui/icon-button.tsx';
import { Menu, MenuItem, MenuLabel } from '../../ui/menu.tsx';
import styles from './presence.module.css';
import { type Following, KEEPS_FOLLOWING } from './use-follow.ts';

/** Avatars, one's own included: on a wide page, and on a phone. The rest is a number. */
const WIDE = 6;
const NARROW = 3;

export interface PresenceProps {
  provider: SharedDocument;
  onRename: () => void;
  following: Following;
}

/** Everyone who is here, oneself last. A click on somebody follows them, and another one stops that. */
export function Presence({ provider, onRename, following }: PresenceProps) {
  const t = useTranslations('presence');
  const participants = usePresence(provider);
  const others = participants.filter(({ self }) => !self);
  const self = participants.find((participant) => participant.self);
  return (
    <ul className={styles.people} data-testid="presence" aria-label={t('label')}>
      {others.slice(0, WIDE - 1).map((participant, at) => (
        <li key={participant.person.id} className={at >= NARROW - 1 ? styles.wideOnly : undefined}>
          <Hint label={participant.idle ? t('idle', { name: participant.person.name }) : participant.person.name}>
            <button
              type="button"
              className={styles.person}
              data-idle={participant.idle ? '' : undefined}
              aria-label={t('follow', { name: participant.person.name })}
              aria-pressed={following.person?.id === participant.person.id}
              onClick={() => following.start(participant)}
              {...{ [KEEPS_FOLLOWING]: '' }}
            >
              <Avatar person={participant.person} />
            </button>
          </Hint>
        </li>
      ))}
      <More others={others} shown={WIDE - 1} className={styles.wideOnly} onFollow={following.start} />
      <More others={others} shown={NARROW - 1} className={styles.narrowOnly} onFollow={following.start} />
      {self ? (
        <li className={styles.self}>
          <Menu
            trigger={
              <button type="button" className={styles.person} aria-label={t('you', { name: self.person.name })}>
                <Avatar person={self.person} />
              </button>
            }
          >
            <MenuLabel>{t('you', { name: self.person.name })}</MenuLabel>
            <RenameItem onRename={onRename} />
          </Menu>
        </li>
      ) : null}
    </ul>
  );
}

function RenameItem({ onRename }: { onRename: () => void }) {
  const t = useTranslations('person');
  return (
    <MenuItem onSelect={onRename}>
      <Pencil size={16} aria-hidden />
      {t('rename')}
    </MenuItem>
  );
}

interface MoreProps {
  others: readonly Participant[];
  /** How many of them have an avatar of their own. */
  shown: number;
  className: string | undefined;
  onFollow: (participant: Participant) => void;
}

function More({ others, shown, className, onFollow }: MoreProps) {
  const t = useTranslations('presence');
  const rest = others.slice(shown);
  if (rest.length === 0) return null;
  return (
    <li className={className}>
      <Menu
        trigger={
          <button type="button" className={styles.more} aria-label={t('more', { count: rest.length })}>
            {`+${rest.length}`}
          </button>
        }
      >
        {rest.map((participant) => (
          <MenuItem key={participant.person.id} onSelect={() => onFollow(participant)}>
            <Avatar person={participant.person} />
            {participant.person.name}
          </MenuItem>
        ))}
      </Menu>
    </li>
  );
}
