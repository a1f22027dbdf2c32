import { CaptureUpdateAction, restoreElements } from '@excalidraw/excalidraw';
import type { AppState, ExcalidrawImperativeAPI } from '@excalidraw/excalidraw/types';
import { type BoardElement, type BoardScene, type Gesture, propertiesOf } from '../../lib/whiteboard/element.ts';
import { fontsOf } from '../../lib/whiteboard/fonts.ts';
import { adjustElements } from './adjust.ts';
import { asExcalidraw } from './excalidraw-elements.ts';
import { asBinaryFiles } from './uploaded.ts';
import type { OpenBoard } from './use-add-file.ts';

// Excalidraw, as the binding sees it (lib/whiteboard).
// Invariant: whatever is shown here leaves no trace in Excalidraw's own history.

/** For somebody who draws. */
export function drawnScene(api: ExcalidrawImperativeAPI): BoardScene {
  const elements = () => api.getSceneElementsIncludingDeleted();
  const gesture = remembered(gestureOf); // asked of each element that others change
  return {
    elements,
    apply: (next) => show(api, next),
    adjust: (adjusted) => adjustElements(adjusted, api.getAppState()),
    gesture: () => gesture(api.getAppState(), elements()),
    measure: (text) => measured(text, elements()),
  };
}

/** What is added is written by the binding as if it were drawn, and undone like that. */
export function openBoard(api: ExcalidrawImperativeAPI): OpenBoard {
  return {
    elements: () => api.getSceneElementsIncludingDeleted(),
    add(elements, files) {
      api.addFiles(asBinaryFiles(files));
      show(api, [...api.getSceneElementsIncludingDeleted(), ...elements]);
      api.scrollToContent(asExcalidraw(elements), { fitToContent: true, animate: true, maxZoom: 1 });
    },
  };
}

/**
 * For somebody who may only look. Excalidraw changes elements by itself when it shows them; here it has copies, so that nothing which it does
 * is taken for an edit.
 */
export function viewedScene(api: ExcalidrawImperativeAPI): BoardScene {
  const copies = new WeakMap<BoardElement, BoardElement>();
  let shown: readonly BoardElement[] = [];
  const copyOf = (element: BoardElement) => {
    const copy = copies.get(element) ?? structuredClone(element);
    copies.set(element, copy);
    return copy;
  };
  return {
    elements: () => shown,
    apply: (next) => {
      shown = next;
      show(api, next.map(copyOf));
    },
    adjust: (adjusted) => {
      const copied = adjusted.map((one) => ({ ...one, element: copyOf(one.element), to: structuredClone(one.to) }));
      adjustElements(copied, api.getAppState());
      const replaced = new Map<BoardElement, BoardElement>(adjusted.map(({ element, to }) => [element, to]));
      shown = shown.map((element) => replaced.get(element) ?? element);
      for (const { element, to } of adjusted) copies.set(to, copyOf(element));
    },
    gesture: () => ({ kind: 'none' }),
  };
}

function show(api: ExcalidrawImperativeAPI, elements: readonly BoardElement[]): void {
  api.updateScene({ elements: asExcalidraw(elements), captureUpdate: CaptureUpdateAction.NEVER });
}

/** The answer of before while it is asked about the same things. */
function remembered<A, B, R>(answer: (a: A, b: B) => R): (a: A, b: B) => R {
  let last: { a: A; b: B; found: R } | undefined;
  return (a, b) => {
    if (last?.a !== a || last.b !== b) last = { a, b, found: answer(a, b) };
    return last.found;
  };
}

/** What the person has in hand. */
function gestureOf(state: AppState, elements: readonly BoardElement[]): Gesture {
  if (state.editingTextElement) return { kind: 'typing', id: state.editingTextElement.id };
  const drawn = state.newElement ?? state.multiElement;
  if (drawn) return { kind: 'drawing', id: drawn.id };
  const line = state.selectedLinearElement?.isDragging ? state.selectedLinearElement.elementId : undefined;
  if (line !== undefined) return { kind: 'moving', ids: [line] };
  const moves =
    state.selectedElementsAreBeingDragged || state.isResizing || state.isRotating || state.croppingElementId !== null;
  return moves ? { kind: 'moving', ids: movedIds(state, elements) } : { kind: 'none' };
}

/** What is selected, and what moves with it: the text in a shape, and what a frame holds. */
function movedIds({ selectedElementIds }: AppState, elements: readonly BoardElement[]): string[] {
  const isSelected = (id: unknown) => typeof id === 'string' && Object.hasOwn(selectedElementIds, id);
  return elements
    .filter((element) => {
      const { frameId, containerId } = propertiesOf(element);
      return !element.isDeleted && (isSelected(element.id) || isSelected(frameId) || isSelected(containerId));
    })
    .map(({ id }) => id);
}

/** A text whose letters others have changed takes another place, and other lines in its shape. */
function measured(text: BoardElement, elements: readonly BoardElement[]): BoardElement {
  const { originalText, containerId, fontSize, fontFamily } = propertiesOf(text);
  const before = elements.find(({ id }) => id === text.id);
  if (!before || propertiesOf(before).originalText === originalText) return text;
  // In another font it would be as wide as in nobody's: it stays as its writer has measured it.
  if (!document.fonts.check(`${fontSize}px ${fontsOf(Number(fontFamily))}`, String(originalText))) return text;
  const container = elements.filter(({ id }) => id === containerId);
  const options = { refreshDimensions: true, repairBindings: true }; // the one is done with the other only
  const found = restoreElements(asExcalidraw([...container, text]), null, options).find(({ id }) => id === text.id);
  if (!found) return text;
  const { x, y, width, height } = found;
  return Object.assign({ ...text, x, y, width, height }, { text: propertiesOf(found).text });
}
