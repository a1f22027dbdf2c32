import styles from './skeleton.module.css';

/** A grey bar where text will be. `width` is one of five steps, so that no inline style is needed before scripts run. */
export function Bar({ width, tall = false }: { width: 1 | 2 | 3 | 4 | 5; tall?: boolean }) {
  return <span className={styles.bar} data-width={width} data-tall={tall ? '' : undefined} aria-hidden="true" />;
}
