// The page beside which a board is measured: Excalidraw as its documentation sets it up, the same elements as initial data, and the same moves of
// others by `updateScene`, once per frame. Nothing is shared, stored, validated or undone here: it is what Excalidraw itself costs.

import '@excalidraw/excalidraw/index.css';
import { CaptureUpdateAction, Excalidraw } from '@excalidraw/excalidraw';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';

window.EXCALIDRAW_ASSET_PATH = '/'; // no fonts: nothing is written on the board

/** All shapes are in the window, as our page shows them. */
const VIEW = { zoom: { value: 0.1 }, scrollX: 3_400, scrollY: 2_220 };

const elements = fetch('/elements.json').then((answer) => answer.json());
const initialData = elements.then((read) => ({ elements: read, appState: VIEW }));

createRoot(document.querySelector('main')).render(
  createElement(Excalidraw, { initialData, excalidrawAPI: listen, isCollaborating: true, autoFocus: true }),
);

function listen(api) {
  const moved = new Map();
  const show = () => {
    const next = api.getSceneElementsIncludingDeleted().map((element) => {
      const position = moved.get(element.id);
      if (!position) return element;
      const [x, y] = position;
      return { ...element, x, y, version: element.version + 1, versionNonce: Math.floor(Math.random() * 2 ** 31) };
    });
    moved.clear();
    api.updateScene({ elements: next, captureUpdate: CaptureUpdateAction.NEVER });
  };
  new WebSocket(`ws://${location.host}/moves`).onmessage = ({ data }) => {
    const [id, position] = JSON.parse(data);
    if (moved.size === 0) requestAnimationFrame(show);
    moved.set(id, position);
  };
}
