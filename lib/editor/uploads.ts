import { Extension } from '@tiptap/core';
import type { Node, NodeType, ResolvedPos, Slice } from '@tiptap/pm/model';
import { Plugin, PluginKey, Selection, type Transaction } from '@tiptap/pm/state';
import { Decoration, DecorationSet, type EditorView } from '@tiptap/pm/view';
import { uploadAt } from '../protocol/upload.ts';
import { readImage } from './content/image-content.ts';
import { blockPlace } from './content/place-block.ts';
import { closeUndoStep } from './undo-step.ts';
import { type UploadWords, uploadPlaceholder } from './upload-placeholder.ts';

// Pictures on their way to the server: pasted, dropped, or chosen.
// Invariant: a picture comes into the document when the server has it, in one step that undo takes back; until then a placeholder stands in its place,
// which nobody else sees, and which moves with the text.

export interface UploadSurroundings {
  /** Resolves with the address that the document is to say. */
  send: (
    file: File,
    options: { signal: AbortSignal; onProgress: (share: number) => void },
  ) => Promise<{ address: string }>;
  /** Called when a file was not sent. Returns what the placeholder says of it; undefined when there is no use in trying again. */
  failed: (file: File, error: unknown, retry: () => void) => string | undefined;
  words: () => UploadWords;
}

interface Pending {
  readonly position: number;
  readonly file: File;
  readonly dom: HTMLElement;
}

/** What a transaction says of what is on its way. */
type Change = { begin: readonly Pending[] } | { end: Pending['dom'] };

const KEY = new PluginKey<readonly Pending[]>('uploads');
const RUNNING = new WeakMap<EditorView, Uploading>();

export function uploads(surroundings: UploadSurroundings) {
  return Extension.create({
    name: 'uploads',
    priority: 1_000, // before what would paste or drop something else
    addProseMirrorPlugins: () => [
      new Plugin<readonly Pending[]>({
        key: KEY,
        state: { init: () => [], apply: (tr, pending) => follow(tr, pending) },
        props: {
          decorations: (state) =>
            DecorationSet.create(
              state.doc,
              (KEY.getState(state) ?? []).map(({ position, dom }) =>
                Decoration.widget(position, dom, {
                  key: dom.id,
                  side: 1,
                  ignoreSelection: true,
                  stopEvent: () => true,
                }),
              ),
            ),
          handlePaste(view, event, slice) {
            const files = filesOf(event.clipboardData, slice);
            return files.length > 0 && uploadFiles(view, files);
          },
          handleDrop(view, event, slice, moved) {
            const files = moved ? [] : filesOf(event.dataTransfer, slice);
            const place = view.posAtCoords({ left: event.clientX, top: event.clientY });
            return files.length > 0 && uploadFiles(view, files, place?.pos);
          },
        },
        view(view) {
          const running = new Uploading(view, surroundings);
          RUNNING.set(view, running);
          return { update: () => running.watch(), destroy: () => running.close() };
        },
      }),
    ],
  });
}

/** Sends files, for pictures behind the block at `position`. False where nothing can be put. */
export function uploadFiles(view: EditorView, files: readonly File[], position = view.state.selection.to): boolean {
  return RUNNING.get(view)?.begin(files, position) ?? false;
}

/** How many are on their way, or wait to be tried again. */
export function pendingUploads(view: EditorView): number {
  return KEY.getState(view.state)?.length ?? 0;
}

class Uploading {
  readonly #view: EditorView;
  readonly #surroundings: UploadSurroundings;
  readonly #closed = new AbortController();
  /** Told of the tab's end, as long as a picture would be lost with it. */
  #watching: AbortController | undefined;

  constructor(view: EditorView, surroundings: UploadSurroundings) {
    this.#view = view;
    this.#surroundings = surroundings;
  }

  begin(files: readonly File[], position: number): boolean {
    const { doc, schema } = this.#view.state;
    const place = schema.nodes.image && blockPlace(doc.resolve(position), schema.nodes.image);
    if (place === undefined || !this.#view.editable) return false;
    const pending = files.map((file) => ({ position: place, file, ...this.#placeholder(file) }));
    const { tr } = this.#view.state;
    this.#view.dispatch(tr.setMeta(KEY, { begin: pending } satisfies Change).setMeta('addToHistory', false));
    for (const each of pending) each.send();
    return true;
  }

  /** To be called after each change. */
  watch(): void {
    const isPending = pendingUploads(this.#view) > 0;
    if (isPending === (this.#watching !== undefined)) return;
    this.#watching?.abort();
    this.#watching = isPending ? new AbortController() : undefined;
    const { signal } = this.#watching ?? {};
    if (signal) window.addEventListener('beforeunload', (event) => event.preventDefault(), { signal });
  }

  close(): void {
    this.#closed.abort();
    this.#watching?.abort();
  }

  #placeholder(file: File): { dom: HTMLElement; send: () => void } {
    const { words } = this.#surroundings;
    let ending = new AbortController();
    const placeholder = uploadPlaceholder(file.name, words(), {
      cancel: () => {
        ending.abort();
        this.#end(placeholder.dom, this.#view.state.tr.setMeta('addToHistory', false));
      },
      retry: () => send(),
    });
    const send = () => {
      ending.abort(); // the attempt before, if it still runs
      ending = new AbortController();
      placeholder.show('sending');
      void this.#send(file, placeholder, ending.signal, send);
    };
    return { dom: placeholder.dom, send };
  }

  async #send(
    file: File,
    { dom, show, progress }: ReturnType<typeof uploadPlaceholder>,
    canceled: AbortSignal,
    retry: () => void,
  ): Promise<void> {
    const { send, failed } = this.#surroundings;
    const signal = AbortSignal.any([canceled, this.#closed.signal]);
    try {
      const { address } = await send(file, { signal, onProgress: progress });
      if (!signal.aborted) this.#place(dom, address, file.name);
    } catch (error) {
      if (signal.aborted) return;
      const why = failed(file, error, () => {
        if (this.#find(dom)) retry();
      });
      if (why === undefined) this.#end(dom, this.#view.state.tr.setMeta('addToHistory', false));
      else show('failed', why);
    }
  }

  #place(dom: HTMLElement, src: string, name: string): void {
    const view = this.#view;
    const pending = this.#find(dom);
    if (!pending) return;
    closeUndoStep(view.state);
    const { tr, schema } = view.state;
    const image = schema.node('image', { src, alt: descriptionOf(name) });
    if (view.editable) placeImage(tr, pending.position, image);
    this.#end(dom, tr);
    closeUndoStep(view.state);
  }

  /** With `tr` the placeholder goes. Who had the keys in it has them in the text. */
  #end(dom: HTMLElement, tr: Transaction): void {
    const held = dom.contains(dom.ownerDocument.activeElement);
    this.#view.dispatch(tr.setMeta(KEY, { end: dom } satisfies Change));
    if (held) this.#view.focus();
  }

  #find(dom: HTMLElement): Pending | undefined {
    return KEY.getState(this.#view.state)?.find((pending) => pending.dom === dom);
  }
}

/** Pictures of one paste keep their order, whichever arrives first: those before the one that is put in stay before it. */
function follow(tr: Transaction, pending: readonly Pending[]): readonly Pending[] {
  const change = tr.getMeta(KEY) as Change | undefined;
  const ended = change && 'end' in change ? pending.findIndex(({ dom }) => dom === change.end) : -1;
  const moved = tr.docChanged
    ? pending.map((each, at) => ({
        ...each,
        position: tr.mapping.map(each.position, at > ended && ended >= 0 ? 1 : -1),
      }))
    : pending;
  if (!change) return moved;
  return 'begin' in change ? [...moved, ...change.begin] : moved.filter(({ dom }) => dom !== change.end);
}

/** Puts it where there is room for it nearest behind `position`; an empty paragraph before it makes way. */
function placeImage(tr: Transaction, position: number, image: Node): void {
  const place = blockPlace(tr.doc.resolve(position), image.type);
  if (place === undefined) return;
  const blank = blankBefore(tr.doc.resolve(place), image.type);
  const carried = blank > 0 && tr.selection.from >= place - blank && tr.selection.to <= place;
  tr.insert(place, image);
  const behind = place + image.nodeSize;
  if (!tr.doc.resolve(behind).nodeAfter) {
    const paragraph = image.type.schema.nodes.paragraph?.create();
    if (paragraph) tr.insert(behind, paragraph); // one can always go on writing
  }
  if (blank > 0) tr.delete(place - blank, place);
  if (carried) tr.setSelection(Selection.near(tr.doc.resolve(behind - blank)));
}

/** The size of an empty paragraph that the image may stand in the place of; else 0. */
function blankBefore(place: ResolvedPos, type: NodeType): number {
  const { nodeBefore, parent } = place;
  const at = place.index();
  const isBlank = nodeBefore?.type.name === 'paragraph' && nodeBefore.content.size === 0;
  return isBlank && parent.canReplaceWith(at - 1, at, type) ? nodeBefore.nodeSize : 0;
}

/** Files that are meant: what comes along as text is pasted as that, unless it is only the same picture by its address elsewhere. */
function filesOf(data: DataTransfer | null, { content }: Slice): File[] {
  const files = [...(data?.files ?? [])];
  const [only] = content.content;
  const isPicture = content.childCount === 1 && only?.type.name === 'image';
  return content.size === 0 || (isPicture && uploadAt(readImage(only.attrs).src) === undefined) ? files : [];
}

/** What a file's name says of the picture: nothing, when a camera or a clipboard has chosen it. */
function descriptionOf(name: string): string {
  const words = name
    .replace(/\.\w{1,5}$/, '')
    .replace(/[_\s]+/g, ' ')
    .trim();
  return /^(?:image|img|dsc[nf]?|pxl|screenshot|photo|bild)?[\s\d.,():_-]*$/i.test(words) ? '' : words;
}
