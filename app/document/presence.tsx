'use client';

import { Pencil } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { type Participant, type SharedDocument, usePresence } from '../../lib/react/index.ts';
import { Avatar } from '../person/avatar.tsx';
import { Hint } from '../ui/icon-button.tsx';
import { Menu, MenuItem, MenuLabel } from '../ui/menu.tsx';
import { useToast } from '../ui/toast.tsx';
import styles from './presence.module.css';

/** Avatars, one's own included: on a wide page, and on a phone. The rest is a number. */
const WIDE = 6;
const NARROW = 3;

export function Presence({ provider, onRename }: { provider: SharedDocument; onRename: () => void }) {
  const t = useTranslations('presence');
  const participants = usePresence(provider);
  const others = participants.filter(({ self }) => !self);
  const self = participants.find((participant) => participant.self);
  const goTo = useGoTo();
  return (
    <ul className={styles.people} data-testid="presence" aria-label={t('label')}>
      {others.slice(0, WIDE - 1).map((participant, at) => (
        <li key={participant.person.id} className={at >= NARROW - 1 ? styles.wideOnly : undefined}>
          <Hint label={participant.person.name}>
            <button
              type="button"
              className={styles.person}
              aria-label={t('goTo', { name: participant.person.name })}
              onClick={() => goTo(participant)}
            >
              <Avatar person={participant.person} />
            </button>
          </Hint>
        </li>
      ))}
      <More others={others} shown={WIDE - 1} className={styles.wideOnly} goTo={goTo} />
      <More others={others} shown={NARROW - 1} className={styles.narrowOnly} goTo={goTo} />
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
  goTo: (participant: Participant) => void;
}

function More({ others, shown, className, goTo }: MoreProps) {
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
          <MenuItem key={participant.person.id} onSelect={() => goTo(participant)}>
            <Avatar person={participant.person} />
            {participant.person.name}
          </MenuItem>
        ))}
      </Menu>
    </li>
  );
}

/** Scrolls to where a person writes. */
function useGoTo(): (participant: Participant) => void {
  const t = useTranslations('presence');
  const toast = useToast();
  return ({ clients, person }) => {
    const caret = clients
      .map((id) => document.querySelector(`[data-client="${id}"]`))
      .find((element) => element !== null);
    if (caret) caret.scrollIntoView({ block: 'center', behavior: 'smooth' });
    else toast(t('nowhere', { name: person.name }));
  };
}
