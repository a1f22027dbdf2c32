import { getText, getTextSerializersFromSchema } from '@tiptap/core';
import { CodeBlock } from '@tiptap/extension-code-block';
import type { Node } from '@tiptap/pm/model';
import {
  type Command,
  type EditorState,
  Plugin,
  PluginKey,
  Selection,
  TextSelection,
  type Transaction,
} from '@tiptap/pm/state';
import { Decoration, DecorationSet } from '@tiptap/pm/view';
import { codeColors } from './code-colors.ts';
import { indentCode, newLineInCode, outdentCode } from './code-keys.ts';
import { type DiagramWords, type DrawDiagram, diagramView } from './diagram-view.ts';
import { grammarOf } from './highlight.ts';

// Code, and diagrams: a diagram is a block of code in the language "mermaid", shown drawn while no caret is in it.
// Invariant: its source is the block's text, so that two people write in it as in any other.

export interface CodeOptions {
  words: () => { diagram: DiagramWords };
  /** Without it a diagram is shown as its source. */
  drawDiagram: DrawDiagram | undefined;
}

export function codeBlock({ words, drawDiagram }: CodeOptions) {
  return CodeBlock.extend({
    addNodeView() {
      return ({ node, editor, getPos, HTMLAttributes }) => {
        const pre = document.createElement('pre');
        const contentDOM = document.createElement('code');
        for (const [name, value] of Object.entries(HTMLAttributes)) pre.setAttribute(name, String(value));
        pre.spellcheck = false; // a name in a program is no mistake
        pre.append(contentDOM);
        // Another language, or an attribute of another extension: a new view.
        const stays = (next: Node) => next.sameMarkup(node);
        if (!isDiagram(node) || !drawDiagram) return { dom: pre, contentDOM, update: stays };
        return diagramView({
          source: pre,
          contentDOM,
          text: node.textContent,
          stays,
          draw: drawDiagram,
          words,
          edit: () => {
            const position = getPos();
            if (position === undefined || !editor.isEditable) return;
            const { tr } = editor.state;
            const end = position + (tr.doc.nodeAt(position)?.nodeSize ?? 2) - 1;
            editor.view.dispatch(tr.setSelection(TextSelection.create(tr.doc, end)));
            editor.view.focus();
          },
        });
      };
    },

    addCommands() {
      return {
        ...this.parent?.(),
        toggleCodeBlock:
          (attributes) =>
          ({ commands, state, tr }) =>
            joinAsCode(state, tr) || commands.toggleNode(this.name, 'paragraph', attributes),
      };
    },

    addKeyboardShortcuts() {
      // The source of a diagram is not on the page until the caret is in it: the browser would step over it.
      const enter = (direction: 'left' | 'right' | 'up' | 'down') => () => {
        const { state, view } = this.editor;
        const inside = view.endOfTextblock(direction) ? diagramBeside(state, direction) : undefined;
        if (inside) view.dispatch(state.tr.setSelection(inside).scrollIntoView());
        return inside !== undefined;
      };
      const run = (command: Command) => () => command(this.editor.state, this.editor.view.dispatch);
      const inherited = this.parent?.() ?? {};
      return {
        ...inherited,
        ArrowLeft: enter('left'),
        ArrowRight: enter('right'),
        ArrowUp: ({ editor }) => enter('up')() || inherited.ArrowUp?.({ editor }) === true,
        ArrowDown: ({ editor }) => enter('down')() || inherited.ArrowDown?.({ editor }) === true,
        Tab: run(indentCode),
        'Shift-Tab': run(outdentCode),
        Enter: ({ editor }) => inherited.Enter?.({ editor }) === true || run(newLineInCode)(),
      };
    },

    addProseMirrorPlugins() {
      return [
        ...(this.parent?.() ?? []),
        codeColors(),
        new Plugin({
          key: new PluginKey('diagram-source'),
          props: { decorations: (state) => (this.editor.isEditable ? markEdited(state) : null) },
        }),
      ];
    },
  });
}

/** Several lines of text that are selected become one block of code. False where something else is among them, or one line alone. */
function joinAsCode({ selection, schema }: EditorState, tr: Transaction): boolean {
  const range = selection.$from.blockRange(selection.$to);
  const { codeBlock, paragraph, heading } = schema.nodes;
  if (!range || !codeBlock || range.endIndex - range.startIndex < 2) return false;
  const lines = range.parent.content.content.slice(range.startIndex, range.endIndex);
  if (!lines.every(({ type }) => type === paragraph || type === heading || type === codeBlock)) return false;
  if (lines.every(({ type }) => type === codeBlock)) return false;
  const textSerializers = getTextSerializersFromSchema(schema);
  const text = lines.map((line) => getText(line, { textSerializers })).join('\n');
  tr.replaceWith(range.start, range.end, codeBlock.create(null, text === '' ? null : schema.text(text)));
  const end = range.start + 1 + text.length;
  tr.setSelection(TextSelection.create(tr.doc, range.start + 1, end)).scrollIntoView();
  return true;
}

function isDiagram(node: Node | null | undefined): boolean {
  return node?.type.name === 'codeBlock' && grammarOf(node.attrs.language) === 'mermaid';
}

/** The caret in the source of the diagram that comes next. */
export function diagramBeside({ doc, selection }: EditorState, direction: string): Selection | undefined {
  if (!selection.empty || !(selection instanceof TextSelection)) return undefined;
  const { $head } = selection;
  const forward = direction === 'right' || direction === 'down';
  if ($head.depth === 0) return undefined;
  const next = Selection.findFrom(doc.resolve(forward ? $head.after() : $head.before()), forward ? 1 : -1, true);
  return next && isDiagram(next.$head.parent) ? next : undefined;
}

/** Shows the source of the diagram that has the caret. */
function markEdited({ doc, selection }: EditorState): DecorationSet | null {
  const { $head } = selection;
  if (!(selection instanceof TextSelection) || !isDiagram($head.parent)) return null;
  return DecorationSet.create(doc, [Decoration.node($head.before(), $head.after(), { class: 'diagram-edited' })]);
}
