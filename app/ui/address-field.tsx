'use client';

import { Field, type FieldProps } from './field.tsx';

/** A field for an address: a phone shows the keys for one, and nothing corrects it. */
export function AddressField({ onAddress, ...field }: FieldProps & { onAddress: (address: string) => void }) {
  return (
    <Field
      {...field}
      onChange={(event) => onAddress(event.target.value)}
      inputMode="url"
      autoComplete="off"
      autoCapitalize="off"
      spellCheck={false}
    />
  );
}
