'use client';

import type { Editor } from '@tiptap/react';
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { drawFormula, FORMULA_LENGTH } from '../../../lib/editor/content/formula.ts';
import { type MathKind, selectedMath, setMath } from '../../../lib/editor/content/math.ts';
import { Button } from '../../ui/button.tsx';
import { DialogActions } from '../../ui/dialog.tsx';
import field from '../../ui/field.module.css';
import styles from './math-panel.module.css';
import { Panel } from './panel.tsx';

export interface MathPanelProps {
  editor: Editor;
  /** What is made when no formula is selected. */
  kind: MathKind;
  onClose: () => void;
}

/** The source of the selected formula, or of one that is to be, with a preview. Mounted only while it is open. */
export function MathPanel({ editor, kind, onClose }: MathPanelProps) {
  const t = useTranslations('math');
  const id = useId();
  const [existing] = useState(() => selectedMath(editor.state.selection)?.latex);
  const [latex, setLatex] = useState(existing ?? '');
  const [problem, setProblem] = useState<string>();
  const preview = useRef<HTMLDivElement>(null);

  useEffect(() => {
    let current = true;
    void drawFormula(latex.trim(), kind === 'blockMath').then((formula) => {
      if (!current) return;
      // The last formula that could be drawn stays while the next is being typed.
      if (formula.state === 'drawn') preview.current?.replaceChildren(formula.dom);
      if (formula.state === 'invalid') setProblem(`${t('invalid')} ${formula.message}`);
      else setProblem(formula.state === 'unavailable' ? t('unavailable') : undefined);
    });
    return () => {
      current = false;
    };
  }, [latex, kind, t]);

  const apply = (source: string) => {
    setMath(editor, kind, source);
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    apply(latex);
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    apply(latex);
  };

  return (
    <Panel editor={editor} label={t('heading')} onClose={onClose}>
      <form onSubmit={submit}>
        <div className={field.field}>
          <label htmlFor={id} className={field.label}>
            {t('source')}
          </label>
          <div className={field.frame} data-invalid={problem === undefined ? undefined : ''}>
            <textarea
              id={id}
              className={styles.source}
              rows={kind === 'blockMath' ? 3 : 1}
              value={latex}
              maxLength={FORMULA_LENGTH}
              placeholder={t('sourceHint')}
              onChange={(event) => setLatex(event.target.value)}
              onFocus={(event) => event.target.select()}
              onKeyDown={pressed}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              enterKeyHint="done"
              aria-invalid={problem !== undefined}
              aria-describedby={`${id}-problem`}
            />
          </div>
          <div ref={preview} className={styles.preview} />
          <p id={`${id}-problem`} className={styles.problem} aria-live="polite">
            {problem}
          </p>
        </div>
        <DialogActions>
          {existing === undefined ? null : (
            <Button kind="quiet" onClick={() => apply('')}>
              {t('remove')}
            </Button>
          )}
          <Button kind="primary" type="submit">
            {t('apply')}
          </Button>
        </DialogActions>
      </form>
    </Panel>
  );
}
