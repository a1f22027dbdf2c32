import type { AppState } from '@excalidraw/excalidraw/types';
import type { BoardElement } from '../../lib/whiteboard/element.ts';

/** What Excalidraw paints, as far as that is looked at here. */
export interface Painting {
  readonly canvas: HTMLCanvasElement | null;
  readonly scale: number;
  readonly visibleElements: readonly BoardElement[];
  readonly appState: AppState;
  readonly renderConfig: {
    readonly isExporting: boolean;
    readonly imageCache: ReadonlyMap<unknown, { readonly image: unknown }>;
    readonly elementsPendingErasure: ReadonlySet<string>;
    readonly pendingFlowchartNodes: unknown;
    readonly [other: string]: unknown;
  };
}
