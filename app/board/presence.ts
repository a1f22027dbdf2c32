import { zoomToFitBounds } from '@excalidraw/excalidraw';
import type { AppState, Collaborator, ExcalidrawImperativeAPI, SocketId } from '@excalidraw/excalidraw/types';
import type { Awareness } from 'y-protocols/awareness';
import { followed } from '../../lib/editor/followed.ts';
import { readPerson } from '../../lib/person/person.ts';
import { type BoardPresence, readBoard, tellBoard } from '../../lib/whiteboard/presence.ts';
import { excalidrawIdOf } from './person-hue.ts';

// What the others select and point at with the laser, into Excalidraw, and where one looks oneself, out of it.
// Invariant: where somebody looks is told only while somebody follows them; and only who has chosen to follow is moved.

export interface PresenceOptions {
  readonly api: ExcalidrawImperativeAPI;
  readonly awareness: Awareness;
  readonly board: string;
}

type Pointer = BoardPresence['pointer'];

/** Lives as long as the board is shown; `close()` says that one has left. */
export class BoardPresenter {
  readonly #options: PresenceOptions;
  readonly #stopScroll: () => void;
  #pointer: Pointer;
  #button: 'up' | 'down' = 'up';
  #selected: AppState['selectedElementIds'] = {};
  #isFollowed = false;
  #frame = 0;
  #readFrame = 0;
  /** What was shown last, so that Excalidraw is not made to draw the same again. */
  #shown = '';
  #view = '';

  constructor(options: PresenceOptions) {
    this.#options = options;
    options.awareness.on('change', this.#told);
    this.#stopScroll = options.api.onScrollChange(() => this.#isFollowed && this.#later());
    this.#changed();
    this.#later();
  }

  /** `pointer` undefined: it has left the board. */
  point(pointer: Pointer, button: 'up' | 'down'): void {
    this.#pointer = pointer;
    this.#button = button;
    this.#later();
  }

  select(selected: AppState['selectedElementIds']): void {
    if (selected === this.#selected) return;
    this.#selected = selected;
    this.#later();
  }

  close(): void {
    const { awareness, board } = this.#options;
    awareness.off('change', this.#told);
    this.#stopScroll();
    cancelAnimationFrame(this.#frame);
    cancelAnimationFrame(this.#readFrame);
    tellBoard(awareness, board, undefined);
  }

  /** Once per frame: more often nobody sees it. */
  #later(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#tell();
    });
  }

  #tell(): void {
    const { api, awareness, board } = this.#options;
    tellBoard(awareness, board, {
      pointer: this.#pointer,
      button: this.#button,
      selected: Object.keys(this.#selected),
      view: this.#isFollowed ? viewOf(api.getAppState()) : undefined,
    });
  }

  /** Of ten who point, each tells as often as the screen shows. */
  readonly #told = (): void => {
    this.#readFrame ||= requestAnimationFrame(() => {
      this.#readFrame = 0;
      this.#changed();
    });
  };

  #changed(): void {
    const { awareness, board } = this.#options;
    const here = readBoard(awareness, board);
    this.#show(here);
    this.#lookWith(here.get(followed(awareness.getLocalState()) ?? Number.NaN)?.view);
    const isFollowed = [...awareness.getStates()].some(
      ([client, state]) => client !== awareness.clientID && followed(state) === awareness.clientID,
    );
    if (isFollowed === this.#isFollowed) return;
    this.#isFollowed = isFollowed;
    this.#later();
  }

  #show(here: ReadonlyMap<number, BoardPresence>): void {
    const { api, awareness } = this.#options;
    const collaborators = new Map<SocketId, Collaborator>();
    for (const [client, presence] of here) {
      if (client === awareness.clientID) continue;
      const collaborator = collaboratorOf(awareness, client, presence);
      if (collaborator) collaborators.set(String(client) as SocketId, collaborator); // branded: any string will do
    }
    const shown = JSON.stringify([...collaborators]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    api.updateScene({ collaborators });
  }

  /** Goes where the followed one looks, each time that is somewhere else. */
  #lookWith(view: BoardPresence['view']): void {
    const told = JSON.stringify(view);
    if (told === this.#view) return;
    this.#view = told;
    if (!view) return;
    const { api } = this.#options;
    const { appState } = zoomToFitBounds({ bounds: [...view], appState: api.getAppState(), fitToViewport: true });
    const { scrollX, scrollY, zoom } = appState;
    api.updateScene({ appState: { scrollX, scrollY, zoom } });
  }
}

/** Without a selection or a laser there is nothing for Excalidraw to draw. */
function collaboratorOf(awareness: Awareness, client: number, presence: BoardPresence): Collaborator | undefined {
  const person = readPerson(awareness.getStates().get(client), client);
  const { pointer, button, selected } = presence;
  const laser = pointer?.tool === 'laser' ? pointer : undefined;
  if (!person || (!laser && selected.length === 0)) return undefined;
  return {
    id: excalidrawIdOf(person.color),
    username: person.name,
    selectedElementIds: Object.fromEntries(selected.map((id) => [id, true as const])),
    ...(laser ? { button, pointer: { ...laser, renderCursor: false, laserColor: person.color } } : {}),
  };
}

function viewOf({ scrollX, scrollY, zoom, width, height }: AppState): NonNullable<BoardPresence['view']> {
  return [-scrollX, -scrollY, -scrollX + width / zoom.value, -scrollY + height / zoom.value];
}
