// Program text from VS Code and its relatives, which say in a format of their own which language it is.

/** The language and the lines; undefined when it was not such an editor. `data` is a stranger's. */
export function readCodeEditor(data: string, text: string): { language: string; text: string } | undefined {
  if (data === '' || data.length > 10_000) return undefined;
  try {
    const { mode } = JSON.parse(data) as { mode?: unknown };
    if (typeof mode !== 'string' || !/^[\w#+-]{1,30}$/.test(mode)) return undefined;
    return { language: mode, text: text.replace(/\r\n?/g, '\n').replace(/\n$/, '') };
  } catch {
    return undefined; // not JSON: not from such an editor
  }
}
