// @vitest-environment happy-dom

import { act, createElement } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { IntlError, useFormatter } from 'use-intl';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { en } from '../../app/messages/en.ts';
import { Providers, type ProvidersProps } from '../../app/providers.tsx';

// What every page does before it shows anything.

let place: HTMLElement;
let root: Root;

function Time({ at }: { at: number | undefined }) {
  const format = useFormatter();
  return createElement('p', {}, at === undefined ? '' : format.dateTime(at, { hour: 'numeric', minute: '2-digit' }));
}

const LOOKS = { locale: 'en', messages: en, nonce: undefined } as ProvidersProps;

const render = (at: number | undefined) =>
  act(() => root.render(createElement(Providers, LOOKS, createElement(Time, { at }))));

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  place = document.createElement('div');
  root = createRoot(place);
});

afterEach(async () => {
  await act(() => root.unmount());
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it('[E2E-96] a time is shown in the time zone of the browser', async () => {
  const complaints = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  await render(new Date(2026, 0, 31, 9, 5).getTime());
  expect(place.querySelector('p')?.textContent).toMatch(/^9:05\sAM$/);
  expect(complaints.mock.calls.flat().filter((what) => what instanceof IntlError)).toEqual([]);
});

it('[E2E-96] the time zone is not asked for before', async () => {
  const made = vi.fn();
  const { DateTimeFormat } = Intl;
  Intl.DateTimeFormat = new Proxy(DateTimeFormat, { construct: made, apply: made });
  try {
    await render(undefined);
  } finally {
    Intl.DateTimeFormat = DateTimeFormat;
  }
  expect(made).not.toHaveBeenCalled();
});
