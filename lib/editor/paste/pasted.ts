// One paste, as the transforms get it.

export interface Pasted {
  readonly body: HTMLElement;
  /** The clipboard's HTML as it came: some programs say who they are in comments and in the head. */
  readonly source: string;
  readonly css: string;
}

/** What one program needs; each changes the body in place. */
export interface Transform {
  applies: (source: string) => boolean;
  transform: (pasted: Pasted) => void;
}
