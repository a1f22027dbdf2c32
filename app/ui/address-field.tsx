'use client';

import { useState } from 'react';
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

/** What is in an address field, and whether it was refused: until it is changed. */
export function useAddress(initial = '') {
  const [address, setAddress] = useState(initial);
  const [isRefused, setRefused] = useState(false);
  const onAddress = (next: string) => {
    setAddress(next);
    setRefused(false);
  };
  return { address, isRefused, refuse: () => setRefused(true), field: { value: address, onAddress } };
}
