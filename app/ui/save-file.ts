/** Milliseconds after which the browser has surely begun to read what it saves. */
const READ_MS = 10_000;

/** Lets the browser save `content` as a file, wherever it saves downloads. */
export function saveFile(name: string, content: string | Uint8Array<ArrayBuffer>, type: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), READ_MS);
}
