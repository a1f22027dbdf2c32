import styles from './pictures.module.css';

/** Two sheets, the upper one with a caret that waits. */
export function BlankPages() {
  return (
    <svg className={styles.picture} width="152" height="124" viewBox="0 0 152 124" aria-hidden="true">
      <ellipse className={styles.ground} cx="76" cy="114" rx="58" ry="6" />
      <rect className={styles.sheet} x="54" y="14" width="70" height="90" rx="8" transform="rotate(8 89 59)" />
      <rect className={styles.sheet} x="34" y="10" width="72" height="94" rx="8" transform="rotate(-3 70 57)" />
      <g transform="rotate(-3 70 57)">
        <rect className={styles.line} x="46" y="26" width="30" height="6" rx="3" />
        <rect className={styles.line} x="46" y="44" width="48" height="4" rx="2" />
        <rect className={styles.line} x="46" y="55" width="41" height="4" rx="2" />
        <rect className={styles.line} x="46" y="66" width="22" height="4" rx="2" />
        <rect className={styles.caret} x="72" y="61" width="2.5" height="14" rx="1.25" />
      </g>
    </svg>
  );
}
