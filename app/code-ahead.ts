'use client';

import { type ComponentType, useEffect, useState } from 'react';

// A component whose code comes while the page is made ready and the document does.
// Not by `lazy`: once React has shown that something waits, it shows what it waited for 300 ms later, however soon that was there.
// Invariant: where the code is there already, the first rendering shows the component.

export interface CodeAhead<Props> {
  /**
   * Notes how the code is got, and returns what `dynamic` is to be given, within whose call `loader` has to stand. It is the one import of that file:
   * another would get the code in files of other names, and those that came ahead would be for nothing.
   */
  noted(loader: () => Promise<ComponentType<Props>>): () => Promise<ComponentType>;
  /** May be called again and again. */
  load(): Promise<ComponentType<Props>>;
  /** Undefined until the code is there. When it is not to be had, that is an error of the page, as anything that cannot be rendered. */
  useCode(): ComponentType<Props> | undefined;
}

export const Nothing = () => null;

export function codeAhead<Props>(): CodeAhead<Props> {
  let loader: () => Promise<ComponentType<Props>>;
  let loaded: ComponentType<Props> | undefined;

  async function load(): Promise<ComponentType<Props>> {
    loaded = await loader();
    return loaded;
  }

  return {
    noted(its) {
      loader = its;
      // None is made on the server.
      return () => (typeof window === 'undefined' ? Promise.resolve(Nothing) : its().then(() => Nothing));
    },
    load,
    useCode() {
      const [Code, setCode] = useState(() => loaded);
      useEffect(() => {
        if (Code) return;
        const fail = (error: unknown) =>
          setCode(() => {
            throw error;
          });
        void load().then((made) => setCode(() => made), fail);
      }, [Code]);
      return Code;
    },
  };
}
