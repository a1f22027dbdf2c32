'use client';

import { Dices } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslations } from 'use-intl';
import { cleanName, NAME_LENGTH } from '../../lib/person/person.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { saveName } from './person-store.ts';

export interface NameDialogProps {
  /** The name so far; undefined at the first visit, where one is suggested. */
  name: string | undefined;
  onClose: () => void;
  /** Where the focus goes afterwards. */
  onClosed?: (() => void) | undefined;
}

/** Asks for a name. Mounted only while it is open, so that it starts fresh. */
export function NameDialog({ name, onClose, onClosed }: NameDialogProps) {
  const t = useTranslations('person');
  const suggest = useSuggestion();
  const first = name === undefined;
  const [suggested, setSuggested] = useState(suggest);
  const [value, setValue] = useState(name ?? suggested);
  const [missing, setMissing] = useState(false);

  const save = (text: string) => {
    const cleaned = cleanName(text);
    setMissing(cleaned === '');
    if (cleaned === '') return;
    saveName(cleaned);
    onClose();
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    save(value);
  };

  const another = () => {
    const next = suggest();
    setSuggested(next);
    setValue(next);
    setMissing(false);
  };

  return (
    <Dialog
      open
      // At the first visit Escape means "never mind": the suggested name will do.
      onClose={() => (first ? save(suggested) : onClose())}
      closable={!first}
      onClosed={onClosed}
      heading={first ? t('heading') : t('rename')}
      text={t('text')}
    >
      <form onSubmit={submit}>
        <Field
          label={t('name')}
          value={value}
          onChange={(event) => setValue(event.target.value)}
          onFocus={(event) => event.target.select()}
          maxLength={NAME_LENGTH}
          autoComplete="nickname"
          enterKeyHint="done"
          error={missing ? t('empty') : undefined}
          end={
            <IconButton label={t('another')} onClick={another}>
              <Dices size={18} aria-hidden />
            </IconButton>
          }
        />
        <DialogActions>
          {first ? null : (
            <Button kind="quiet" onClick={onClose}>
              {t('cancel')}
            </Button>
          )}
          <Button kind="primary" type="submit">
            {first ? t('save') : t('renameSave')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

/** Makes friendly names in the reader's language. */
function useSuggestion(): () => string {
  const t = useTranslations('person');
  return () => t('suggestion', { adjective: oneOf(t('adjectives')), noun: oneOf(t('nouns')) });
}

function oneOf(list: string): string {
  const words = list.split(/[,、]/).map((word) => word.trim());
  return words[Math.floor(Math.random() * words.length)] ?? '';
}
