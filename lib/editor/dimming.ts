import { type Editor, Extension } from '@tiptap/core';
import { type EditorState, Plugin, PluginKey } from '@tiptap/pm/state';
import { Decoration, DecorationSet } from '@tiptap/pm/view';
import { type Blocks, blocksOf } from './blocks.ts';

// Which blocks one is in, said to the page, where all others are dimmed (app/editor/text/dimming.css).
// Invariant: of the page alone, and only while it is asked for: nothing is drawn for it otherwise.

/** On the blocks that one is in. */
const LIT = 'is-lit';
/** On what holds them: it is not dimmed itself, as its children would be with it. */
const HOLDS_LIT = 'holds-lit';

type Dimmed = { readonly on: false } | { readonly on: true; readonly lit: Blocks | undefined; drawn: DecorationSet };

const key = new PluginKey<Dimmed>('dimming');
const OFF: Dimmed = { on: false };

export const Dimming = Extension.create({
  name: 'dimming',

  addProseMirrorPlugins: () => [dimmingPlugin()],
});

function dimmingPlugin(): Plugin<Dimmed> {
  return new Plugin<Dimmed>({
    key,
    state: {
      init: () => OFF,
      apply: (tr, before, _old, state) => {
        const on = (tr.getMeta(key) as boolean | undefined) ?? before.on;
        if (!on) return OFF;
        const lit = blocksOf(state.selection);
        const same = before.on && !tr.docChanged && before.lit?.from === lit?.from && before.lit?.to === lit?.to;
        return same ? before : { on, lit, drawn: lit ? drawnOf(state, lit) : DecorationSet.empty };
      },
    },
    props: {
      decorations: (state) => {
        const dimmed = key.getState(state);
        return dimmed?.on ? dimmed.drawn : null;
      },
      attributes: (state): Record<string, string> => {
        const dimmed = key.getState(state);
        return dimmed?.on && dimmed.lit ? { 'data-dimmed': '' } : {};
      },
    },
  });
}

function drawnOf({ doc }: EditorState, { from, to }: Blocks): DecorationSet {
  const drawn: Decoration[] = [];
  const $from = doc.resolve(from);
  for (let depth = 1; depth <= $from.depth; depth++) {
    drawn.push(Decoration.node($from.before(depth), $from.after(depth), { class: HOLDS_LIT }));
  }
  let at = from;
  for (let index = $from.index(); at < to && index < $from.parent.childCount; index++) {
    const end = at + $from.parent.child(index).nodeSize;
    drawn.push(Decoration.node(at, end, { class: LIT }));
    at = end;
  }
  return DecorationSet.create(doc, drawn);
}

/** Dims, or ends it. */
export function setDimming(editor: Editor, on: boolean): void {
  if (editor.isDestroyed || key.getState(editor.state)?.on === on) return;
  editor.view.dispatch(editor.state.tr.setMeta(key, on));
}
