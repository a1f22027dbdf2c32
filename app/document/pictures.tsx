import styles from './pictures.module.css';

/** An empty sheet outline: nothing was ever written here. */
export function LostPage() {
  return (
    <svg className={styles.picture} width="132" height="116" viewBox="0 0 132 116" aria-hidden="true">
      <ellipse className={styles.ground} cx="66" cy="108" rx="52" ry="5" />
      <rect className={styles.sheet} x="32" y="6" width="68" height="92" rx="8" />
      <path className={styles.ask} d="M57 42a9 9 0 1 1 13.4 7.9c-2.9 1.6-4.4 3.2-4.4 6.6" />
      <circle className={styles.dot} cx="66" cy="65.5" r="2.4" />
    </svg>
  );
}

/** A sheet that cannot be reached. */
export function ShutPage() {
  return (
    <svg className={styles.picture} width="132" height="116" viewBox="0 0 132 116" aria-hidden="true">
      <ellipse className={styles.ground} cx="66" cy="108" rx="52" ry="5" />
      <rect className={styles.sheet} x="32" y="6" width="68" height="92" rx="8" />
      <path className={styles.warn} d="M66 38v16" />
      <circle className={styles.warnDot} cx="66" cy="63" r="2.6" />
    </svg>
  );
}
