import { type Editor, Extension } from '@tiptap/core';
import { Fragment, Node, type ResolvedPos, type Schema, Slice } from '@tiptap/pm/model';
import { type EditorState, Plugin, PluginKey } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import type { NodeJson } from '../../convert/document-json.ts';
import { looksLikeMarkdown } from '../../convert/markdown/looks-like-markdown.ts';
import { safeUrl } from '../../convert/safe-url.ts';
import type { Boards } from '../content/board.ts';
import { closeUndoStep } from '../undo-step.ts';
import { cleanHtml } from './clean-html.ts';
import { readCodeEditor } from './code-editor.ts';
import { copiedHtml } from './copied-html.ts';
import { copiedText } from './copied-text.ts';
import { fitToSchema } from './fit-to-schema.ts';

// What comes in by the clipboard, and what goes out.
// Invariant: what is too much is refused whole and said, never cut: half a paste looks like all of it.

/** UTF-16 units of HTML: some 100 pages from Word. More would hold the page for seconds. */
export const PASTED_HTML = 3_000_000;
/** UTF-16 units of text: some 100,000 words. */
export const PASTED_TEXT = 700_000;

export interface PasteNews {
  /** A paste was refused because it is too long. */
  onTooLong: () => void;
  /** A text was pasted as Markdown; `asText` puts the text itself in its place, while nothing else has been written. */
  onMarkdown: (asText: () => void) => void;
}

/** As HTML; as text, which may be Markdown; or as text that is to stay that: within code, or pasted with Shift. */
type Way = 'rich' | 'text' | 'plain';

/** Without `boards` what is drawn on one stays where it is. */
export const Paste = Extension.create<PasteNews & { boards?: Boards | undefined }>({
  name: 'pastedContent', // TipTap's core has a `paste`
  priority: 200, // its text comes before the text that TipTap itself would copy

  addOptions: () => ({ onTooLong: () => undefined, onMarkdown: () => undefined }),

  transformPastedHTML(html) {
    return cleanHtml(html, this.options.boards);
  },

  addProseMirrorPlugins() {
    const { editor, options } = this;
    /** Of the paste that is being handled. */
    let way: Way = 'rich';
    return [
      new Plugin({
        key: new PluginKey('paste'),
        props: {
          clipboardSerializer: copiedHtml(editor.schema, options.boards),
          clipboardTextSerializer: ({ content }) => copiedText(editor.state.selection, content),
          transformPastedText: (text, plain) => {
            way = plain ? 'plain' : 'text';
            return text;
          },
          clipboardTextParser: linesOfList as never, // no slice: ProseMirror reads it itself
          handlePaste: (view, event) => {
            const data = event.clipboardData;
            if (!data || way === 'plain') return false;
            const text = data.getData('text/plain');
            const code = readCodeEditor(data.getData('vscode-editor-data'), text);
            if (code && !inCode(view.state) && code.language !== 'markdown') return insertCode(view, code);
            if (way === 'text' && insertAddress(view, text)) return true;
            if (code?.language !== 'markdown' && (way === 'rich' || !looksLikeMarkdown(text))) return false;
            void pasteMarkdown(editor, text, options);
            return true;
          },
          handleDOMEvents: {
            paste: (_view, event) => {
              way = 'rich';
              if (!isTooLong(event.clipboardData)) return false;
              event.preventDefault();
              options.onTooLong();
              return true;
            },
          },
        },
      }),
    ];
  },
});

function isTooLong(data: DataTransfer | null): boolean {
  return (
    data !== null && (data.getData('text/html').length > PASTED_HTML || data.getData('text/plain').length > PASTED_TEXT)
  );
}

function inCode({ selection }: EditorState): boolean {
  return selection.$from.parent.type.spec.code === true;
}

function insertCode({ state, dispatch }: EditorView, { language, text }: { language: string; text: string }): boolean {
  const { codeBlock } = state.schema.nodes;
  if (!codeBlock || text.trim() === '') return false;
  // A name or a line within a sentence is no block.
  if (!text.trim().includes('\n') && state.selection.$from.parent.content.size > 0) {
    dispatch(state.tr.insertText(text).setMeta('paste', true).setMeta('uiEvent', 'paste').scrollIntoView());
    return true;
  }
  const block = codeBlock.create({ language: language === 'plaintext' ? null : language }, state.schema.text(text));
  dispatch(state.tr.replaceSelectionWith(block).setMeta('paste', true).setMeta('uiEvent', 'paste').scrollIntoView());
  return true;
}

/** Lines that are pasted into a line of a list are lines of the list. Undefined elsewhere, and for one line. */
function linesOfList(text: string, $context: ResolvedPos, plain: boolean): Slice | undefined {
  const item = $context.depth > 1 && $context.index(-1) === 0 ? $context.node(-1).type : undefined;
  const lines = text.split(/(?:\r\n?|\n)+/).filter((line) => line.trim() !== '');
  if (plain || lines.length < 2 || (item?.name !== 'listItem' && item?.name !== 'taskItem')) return undefined;
  const { schema } = item;
  const items = lines.map((line) =>
    item.create(null, schema.node('paragraph', null, schema.text(line, $context.marks()))),
  );
  return new Slice(Fragment.from($context.node(-2).type.create(null, items)), 3, 3);
}

/** An address alone, between words or not: the words around it would hide where it ends. */
function insertAddress({ state, dispatch }: EditorView, text: string): boolean {
  const address = text.trim();
  const { link } = state.schema.marks;
  const { empty, $from } = state.selection;
  const href = /^(?:https?|mailto|tel):\S+$/i.test(address) ? safeUrl(address, 'link') : undefined;
  if (href === undefined || !link || !empty || !$from.parent.type.allowsMarkType(link)) return false;
  const marks = state.storedMarks ?? $from.marks();
  if (marks.some(({ type }) => type.excludes(link) && type !== link)) return false; // in code it is letters
  const node = state.schema.text(address, link.create({ href }).addToSet(marks));
  dispatch(
    state.tr.replaceSelectionWith(node, false).setMeta('paste', true).setMeta('uiEvent', 'paste').scrollIntoView(),
  );
  return true;
}

/** The parser is loaded when there is something to parse. Where that fails, the words come in as they are: none is lost. */
async function pasteMarkdown(editor: Editor, text: string, { onMarkdown }: PasteNews): Promise<void> {
  const parser = await import('../../convert/markdown/read-markdown.ts').catch(() => undefined);
  if (editor.isDestroyed || !editor.isEditable) return;
  const { view } = editor;
  if (!parser) {
    view.pasteText(text);
    return;
  }
  closeUndoStep(view.state);
  view.dispatch(
    view.state.tr
      .replaceSelection(sliceOf(view.state.schema, parser.readMarkdown(text)))
      .setMeta('paste', true)
      .setMeta('uiEvent', 'paste')
      .scrollIntoView(),
  );
  closeUndoStep(view.state);
  const after = view.state.doc;
  onMarkdown(() => {
    // With anything written since, by anyone, undoing would take that too or leave parts: the text is on the clipboard still.
    if (editor.isDestroyed || !view.state.doc.eq(after)) return;
    editor.commands.undo();
    view.pasteText(text);
  });
}

/** Open at both ends where words meet words, as anything pasted is. */
function sliceOf(schema: Schema, json: NodeJson): Slice {
  const { content } = Node.fromJSON(schema, fitToSchema(json, schema));
  return Slice.maxOpen(Fragment.from(content), false);
}
