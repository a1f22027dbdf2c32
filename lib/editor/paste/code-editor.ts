// Program text from VS Code and its relatives, which say in a format of their own which language it is.

/** The language and the lines; undefined when it was not such an editor. `data` is a stranger's: without a name in it the language is plain text. */
export function readCodeEditor(data: string, text: string): { language: string; text: string } | undefined {
  if (data === '') return undefined;
  return { language: modeOf(data), text: text.replace(/\r\n?/g, '\n').replace(/\n$/, '') };
}

function modeOf(data: string): string {
  try {
    const { mode } = JSON.parse(data.slice(0, 10_000)) as { mode?: unknown };
    return typeof mode === 'string' && /^[\w#+-]{1,30}$/.test(mode) ? mode : 'plaintext';
  } catch {
    return 'plaintext'; // not JSON, or JSON of nothing
  }
}
