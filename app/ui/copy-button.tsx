'use client';

import { Check, Copy } from 'lucide-react';
import { Toolbar } from 'radix-ui';
import { useEffect, useState } from 'react';
import { copyText } from './copy-text.ts';
import { IconButton } from './icon-button.tsx';

/** Milliseconds for which a button says that it has copied. */
const COPIED_MS = 2_000;

export interface CopyButtonProps {
  label: string;
  /** Its name for a moment, once it has. */
  copied: string;
  text: () => string;
}

/** In a toolbar: copies a text. */
export function CopyButton({ label, copied, text }: CopyButtonProps) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return undefined;
    const timer = setTimeout(() => setDone(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <Toolbar.Button asChild>
      <IconButton label={done ? copied : label} onClick={() => void copyText(text()).then(setDone)}>
        {done ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />}
        <span className="visually-hidden" role="status">
          {done ? copied : null}
        </span>
      </IconButton>
    </Toolbar.Button>
  );
}
