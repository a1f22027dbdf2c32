// Stands in for what Excalidraw would draw pasted Mermaid with: a second Mermaid, in the page itself. Documents have diagrams (app/diagram);
// on a board their source is pasted as the text that it is.

export async function parseMermaidToExcalidraw(): Promise<never> {
  throw new Error('Mermaid is not drawn on boards.');
}
