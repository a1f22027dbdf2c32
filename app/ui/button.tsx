import type { ComponentProps } from 'react';
import styles from './button.module.css';

export interface ButtonProps extends ComponentProps<'button'> {
  kind?: 'primary' | 'plain' | 'quiet';
}

export function Button({ kind = 'plain', className, type = 'button', ...rest }: ButtonProps) {
  return <button {...rest} type={type} className={`${styles.button} ${styles[kind]} ${className ?? ''}`} />;
}

/** The same look for something that is a link. */
export function buttonClass(kind: NonNullable<ButtonProps['kind']>): string {
  return `${styles.button} ${styles[kind]}`;
}
