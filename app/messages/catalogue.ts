import type { en } from './en.ts';

// The shape that every language must fill. Invariant: a missing or surplus key does not compile.

type Same<Tree> = { readonly [Key in keyof Tree]: Tree[Key] extends string ? string : Same<Tree[Key]> };

export type Catalogue = Same<typeof en>;

declare module 'use-intl' {
  interface AppConfig {
    Messages: typeof en;
    Locale: import('./locale.ts').Locale;
  }
}
