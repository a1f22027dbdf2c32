import './asset-path.ts';

// What pictures and files of boards are made with: Excalidraw, loaded when the first of them is asked for, and finding its fonts here.

export { exportToBlob, exportToSvg } from '@excalidraw/excalidraw';
