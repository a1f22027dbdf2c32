'use client';

import { type ComponentType, useEffect, useState } from 'react';

// A component whose code comes while the page is made ready and the document does.
// Not by `lazy`: once React has shown that something waits, it shows what it waited for 300 ms later, however soon that was there.
// Invariant: where the code is there already, the first rendering shows the component.

export class CodeAhead<Props> {
  #load: (() => Promise<ComponentType<Props>>) | undefined;
  #loaded: ComponentType<Props> | undefined;

  /** Undefined until the code is there. */
  get loaded(): ComponentType<Props> | undefined {
    return this.#loaded;
  }

  /**
   * Notes how the code is got, and returns what `dynamic` is to be given, within whose call `load` has to stand. It is the one import of that file:
   * another would get the code in files of other names, and those that came ahead would be for nothing.
   */
  noted(load: () => Promise<ComponentType<Props>>): () => Promise<ComponentType> {
    this.#load = load;
    // None is made on the server.
    return () => (typeof window === 'undefined' ? Promise.resolve(Nothing) : load().then(() => Nothing));
  }

  /** May be called again and again. Rejects when the code is not to be had. */
  async load(): Promise<ComponentType<Props>> {
    if (!this.#load) throw new Error('It was not said how this code is got.');
    this.#loaded = await this.#load();
    return this.#loaded;
  }
}

export const Nothing = () => null;

/** Undefined until the code is there. When it is not to be had, that is an error of the page, as anything that cannot be rendered. */
export function useCode<Props>(code: CodeAhead<Props>): ComponentType<Props> | undefined {
  const [Code, setCode] = useState(() => code.loaded);
  useEffect(() => {
    if (Code) return;
    const fail = (error: unknown) =>
      setCode(() => {
        throw error;
      });
    void code.load().then((made) => setCode(() => made), fail);
  }, [Code, code]);
  return Code;
}
