import { afterEach, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { excalidrawIdOf } from '../../app/board/person-hue.ts';
import { drawnScene, viewedScene } from '../../app/board/scene.ts';
import { ScreenPace } from '../../app/board/screen-pace.ts';
import { PERSON_COLORS } from '../../lib/person/person.ts';
import { bindBoard } from '../../lib/whiteboard/binding.ts';
import { boardElements } from '../../lib/whiteboard/board.ts';
import type { BoardElement } from '../../lib/whiteboard/element.ts';
import { FakeClock } from '../support/fake-clock.ts';

// Excalidraw as the binding sees it, and people as Excalidraw shows them. Excalidraw itself needs a canvas: here it is an imitation.

const told = vi.hoisted(() => [] as string[]);

vi.mock('@excalidraw/excalidraw', () => ({
  CaptureUpdateAction: { NEVER: 'NEVER' },
  mutateElement: (element: { id: string; version: number }, updates: object, informs: boolean) => {
    Object.assign(element, updates, { version: element.version + 1, versionNonce: -1 });
    if (informs) told.push(element.id);
  },
  restoreElements: (elements: object[]) => elements.map((element) => ({ ...element, width: 77, text: 'measured' })),
}));

const rectangle = { type: 'rectangle', position: [10, 20], size: [30, 40], index: 'a0' };

/** A shared board with one rectangle, and an editor that can show it. */
function open() {
  const doc = new Y.Doc();
  const elements = boardElements(doc, 'main');
  elements.set('one', new Y.Map(Object.entries(rectangle)));
  let scene: BoardElement[] = [];
  const view = { scrollX: 0, scrollY: 0, zoom: { value: 1 }, width: 800, height: 600 };
  const state: Record<string, unknown> = { ...view, selectedElementIds: {}, croppingElementId: null };
  const captures: unknown[] = [];
  const api = {
    getSceneElementsIncludingDeleted: () => scene,
    getAppState: () => state,
    updateScene: (update: { elements: BoardElement[]; captureUpdate: unknown }) => {
      scene = [...update.elements];
      captures.push(update.captureUpdate);
    },
  } as never;
  return { doc, elements, api, state, captures, scene: () => scene };
}

describe('somebody who may only look', () => {
  it('[BOARD-148] sees what is drawn, and writes nothing, whatever Excalidraw changes by itself', () => {
    const { doc, elements, api, scene, captures } = open();
    const clock = new FakeClock();
    const binding = bindBoard({ elements, scene: viewedScene(api), clock });
    let updates = 0;
    doc.on('update', () => updates++);
    Object.assign(scene()[0] ?? {}, { x: 99, version: 50, versionNonce: 7 }); // in place, as it does
    binding.changed();
    binding.flush();
    expect(updates).toBe(0);

    (elements.get('one') as Y.Map<unknown>).set('position', [300, 20]);
    clock.advance(100);
    expect(scene()[0]?.x).toBe(300);
    elements.delete('one');
    clock.advance(100);
    expect(scene().every(({ isDeleted }) => isDeleted)).toBe(true);
    binding.close();
    expect(updates).toBe(2);
    expect(new Set(captures)).toEqual(new Set(['NEVER']));
  });
});

describe('somebody who draws', () => {
  it.each([
    ['nothing', {}, { kind: 'none' }],
    ['a stroke', { newElement: { id: 'two' } }, { kind: 'drawing', id: 'two' }],
    ['a line of many clicks', { multiElement: { id: 'two' } }, { kind: 'drawing', id: 'two' }],
    ['a text', { editingTextElement: { id: 'two' } }, { kind: 'typing', id: 'two' }],
    ['a shape', { selectedElementsAreBeingDragged: true }, { kind: 'moving', ids: ['one', 'label'] }],
    ['a size', { isResizing: true }, { kind: 'moving', ids: ['one', 'label'] }],
    ['an angle', { isRotating: true }, { kind: 'moving', ids: ['one', 'label'] }],
    ['a bend', { selectedLinearElement: { elementId: 'line', isDragging: true } }, { kind: 'moving', ids: ['line'] }],
  ])('[BOARD-156] has %s in hand', (_what, changes, gesture) => {
    const { api, state } = open();
    const shapes = [
      { id: 'one', isDeleted: false },
      { id: 'label', containerId: 'one', isDeleted: false },
      { id: 'other', containerId: null, isDeleted: false },
      { id: 'gone', containerId: 'one', isDeleted: true },
    ];
    Object.assign(api, { getSceneElementsIncludingDeleted: () => shapes });
    Object.assign(state, { selectedElementIds: { one: true } }, changes);
    expect(drawnScene(api).gesture()).toEqual(gesture);
  });

  it('[BOARD-157] has a text measured anew when its letters have changed and their fonts are there, and only then', () => {
    const { api } = open();
    const size = { width: 5, fontSize: 20, fontFamily: 6 };
    const text = { id: 'text', type: 'text', originalText: 'old', text: 'old', version: 3, frameId: 'frame', ...size };
    Object.assign(api, { getSceneElementsIncludingDeleted: () => [text] });
    const check = vi.fn(() => true);
    vi.stubGlobal('document', { fonts: { check } });
    const { measure } = drawnScene(api);
    expect(measure?.(text as never)).toBe(text);
    const changed = { ...text, originalText: 'new' };
    const measured = measure?.(changed as never);
    expect(measured).toMatchObject({ originalText: 'new', text: 'measured', width: 77, version: 3, frameId: 'frame' });
    expect(check).toHaveBeenCalledWith('20px Nunito, system-ui, sans-serif', 'new');
    check.mockReturnValue(false);
    expect(measure?.(changed as never)).toBe(changed);
  });
});

describe('what others move', () => {
  function openTwo(sceneOf: typeof drawnScene) {
    const opened = open();
    opened.elements.set('two', new Y.Map(Object.entries({ ...rectangle, position: [5_000, 20], index: 'a1' })));
    told.splice(0);
    const clock = new FakeClock();
    const binding = bindBoard({ elements: opened.elements, scene: sceneOf(opened.api), clock });
    const move = (id: string, position: [number, number]) => {
      opened.doc.transact(() => (opened.elements.get(id) as Y.Map<unknown>).set('position', position), 'network');
      clock.advance(100);
    };
    return { ...opened, binding, move };
  }

  it.each([
    ['draws', drawnScene],
    ['may only look', viewedScene],
  ])('[BOARD-18] is changed in place for somebody who %s, and painted once', (_who, sceneOf) => {
    const { scene, captures, move, binding, doc } = openTwo(sceneOf);
    const [before] = scene();
    let updates = 0;
    doc.on('update', (_update, origin) => origin !== 'network' && updates++);
    for (const x of [50, 60]) move('one', [x, 20]);
    expect(scene()[0]).toBe(before);
    expect(before).toMatchObject({ x: 60, y: 20, width: 30 });
    expect(before?.versionNonce).not.toBe(-1); // it has the version of what the binding shows, not one of Excalidraw
    expect([captures.length, told]).toEqual([1, ['one', 'one']]);
    binding.flush();
    expect(updates).toBe(0);
  });

  it('[BOARD-18] is not painted where nobody sees it, and is where it goes out of the window or comes into it', () => {
    const { scene, move } = openTwo(drawnScene);
    move('two', [6_000, 20]);
    expect([scene()[1]?.x, told]).toEqual([6_000, []]);
    move('two', [700, 20]);
    move('two', [6_000, 20]);
    expect([scene()[1]?.x, told]).toEqual([6_000, ['two', 'two']]);
  });

  it('[BOARD-18] is painted when it is selected here, whatever is in the window', () => {
    const { state, move } = openTwo(drawnScene);
    Object.assign(state, { selectedElementIds: { two: true } });
    move('two', [6_000, 20]);
    expect(told).toEqual(['two']);
  });
});

describe('the pace of the screen', () => {
  /** A screen that shows a picture when it is told to, `now` milliseconds after the beginning. */
  function screen() {
    const waiting: (() => void)[] = [];
    let now = 0;
    vi.stubGlobal('requestAnimationFrame', (call: () => void) => waiting.push(call));
    vi.stubGlobal('cancelAnimationFrame', (id: number) => waiting.splice(id - 1, 1));
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    return {
      spend: (ms: number) => {
        now += ms;
      },
      picture: () => {
        now = Math.ceil((now + 0.01) / 16) * 16;
        for (const call of waiting.splice(0)) call();
      },
    };
  }

  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  it('[BOARD-16] shows all that has come with the next picture', () => {
    const { picture } = screen();
    const pace = new ScreenPace();
    const show = vi.fn();
    for (let times = 0; times < 5; times++) pace.soon(show);
    expect(show).toHaveBeenCalledTimes(0);
    picture();
    picture();
    expect(show).toHaveBeenCalledTimes(1);
    pace.soon(show);
    pace.cancel();
    picture();
    expect(show).toHaveBeenCalledTimes(1);
  });

  it('[BOARD-16] rests for as long as showing took, when that was long', () => {
    const { picture, spend } = screen();
    const pace = new ScreenPace();
    const shown: number[] = [];
    const show = () => {
      shown.push(performance.now());
      spend(40);
    };
    for (let times = 0; times < 10; times++) {
      pace.soon(show);
      picture();
    }
    expect(shown).toEqual([16, 96, 176, 256]); // 40 ms each, and a rest of 40
  });
});

describe('selections of others', () => {
  /** As Excalidraw does it (clients.ts). */
  const hueByExcalidraw = (id: string) => {
    let hash = 0;
    for (const char of id) hash = (hash << 5) - hash + char.charCodeAt(0);
    return (Math.abs(hash) % 37) * 10;
  };

  it.each(PERSON_COLORS)('[BOARD-158] have the hue of their person: %s', (color) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255);
    const hue = (Math.atan2(Math.sqrt(3) * (green - blue), 2 * red - green - blue) * 180) / Math.PI;
    const shown = hueByExcalidraw(excalidrawIdOf(color));
    const apart = Math.abs(((shown - hue + 540) % 360) - 180);
    expect(apart).toBeLessThan(12);
  });
});
