'use client';

import { X } from 'lucide-react';
import { Toast } from 'radix-ui';
import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from './button.tsx';
import { IconButton } from './icon-button.tsx';
import styles from './toast.module.css';

// Short notices at the edge of the page.

/** Milliseconds for which a notice stays; hovering or focusing it holds it. */
const TOAST_MS = 5_000;

interface Notice {
  id: number;
  text: string;
  tone: 'plain' | 'danger';
  action: ToastAction | undefined;
}

/** What one can do about it; it closes the notice. */
export interface ToastAction {
  label: string;
  run: () => void;
}

type ShowToast = (text: string, tone?: Notice['tone'], action?: ToastAction) => void;

const ToastContext = createContext<ShowToast | undefined>(undefined);

/** Shows a notice. The function stays the same for the life of the page. */
export function useToast() {
  const show = useContext(ToastContext);
  if (!show) throw new Error('No ToastProvider above this component');
  return show;
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const t = useTranslations('toast');
  const [notices, setNotices] = useState<readonly Notice[]>([]);
  const next = useRef(0);
  const show = useCallback<ShowToast>((text, tone = 'plain', action) => {
    next.current += 1;
    const notice = { id: next.current, text, tone, action };
    setNotices((shown) => [...shown.filter((other) => other.text !== text), notice].slice(-3));
  }, []);
  const forget = (id: number) => setNotices((shown) => shown.filter((notice) => notice.id !== id));

  return (
    <ToastContext value={show}>
      <Toast.Provider duration={TOAST_MS} swipeDirection="right" label={t('region')}>
        {children}
        {notices.map(({ id, text, tone, action }) => (
          <Toast.Root
            key={id}
            className={styles.toast}
            data-tone={tone}
            type={tone === 'danger' ? 'foreground' : 'background'}
            onOpenChange={(open) => !open && forget(id)}
          >
            <Toast.Description className={styles.text}>{text}</Toast.Description>
            {action ? (
              <Toast.Action asChild altText={action.label}>
                <Button kind="quiet" onClick={action.run}>
                  {action.label}
                </Button>
              </Toast.Action>
            ) : null}
            <Toast.Close asChild>
              <IconButton label={t('close')} hint={false}>
                <X size={16} aria-hidden />
              </IconButton>
            </Toast.Close>
          </Toast.Root>
        ))}
        {/* Not before there is a notice: rendered on the server it would bring an inline style, which the policy forbids. */}
        {notices.length > 0 ? <Toast.Viewport className={styles.viewport} /> : null}
      </Toast.Provider>
    </ToastContext>
  );
}
