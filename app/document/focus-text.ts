/** Puts the focus into the document's text, where its caret was, or onto its board. */
export function focusText(): void {
  document.querySelector<HTMLElement>('[data-testid="editor"], .excalidraw-container')?.focus();
}
