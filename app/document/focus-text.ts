/** Puts the focus into the document's text, where its caret was. */
export function focusText(): void {
  document.querySelector<HTMLElement>('[data-testid="editor"]')?.focus();
}
