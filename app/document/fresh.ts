// Which document this tab has just created: its title is what its author writes first.

let fresh: string | undefined;

export function markFresh(name: string): void {
  fresh = name;
}

/** True once for a document that was just created here. */
export function takeFresh(name: string): boolean {
  if (fresh !== name) return false;
  fresh = undefined;
  return true;
}
