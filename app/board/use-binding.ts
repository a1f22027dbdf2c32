'use client';

import type { ExcalidrawImperativeAPI } from '@excalidraw/excalidraw/types';
import { useLayoutEffect, useRef, useState } from 'react';
import type { SharedDocument } from '../../lib/react/index.ts';
import { type Binding, bindBoard } from '../../lib/whiteboard/binding.ts';
import { boardElements } from '../../lib/whiteboard/board.ts';
import { drawnScene, viewedScene } from './scene.ts';
import { ScreenPace } from './screen-pace.ts';

export interface Bound {
  readonly api: ExcalidrawImperativeAPI | undefined;
  readonly provider: SharedDocument;
  readonly board: string;
  readonly editable: boolean;
}

/** The binding between Excalidraw and the board; undefined until Excalidraw is there. */
export function useBinding({ api, provider, board, editable }: Bound): Binding | undefined {
  const [binding, setBinding] = useState<Binding>();
  const looked = useRef(false);
  // A layout effect: what is pending is written before Excalidraw is taken away.
  useLayoutEffect(() => {
    if (!api) return;
    performance.mark('board:editor');
    const scene = editable ? drawnScene(api) : viewedScene(api);
    const made = bindBoard({ elements: boardElements(provider.doc, board), scene, pace: new ScreenPace() });
    performance.mark('board:read');
    setBinding(made);
    // Where something is drawn, once: from then on one looks where one wants.
    if (!looked.current && api.getSceneElements().length > 0)
      api.scrollToContent(undefined, { fitToContent: true, viewportZoomFactor: 0.9, animate: false, maxZoom: 1 });
    looked.current = true;
    return () => {
      setBinding(undefined);
      made.close();
    };
  }, [api, provider, board, editable]);
  return binding;
}
