// Where Excalidraw finds its fonts: on this server (app/board/assets). Imported before Excalidraw, which reads this when it is loaded.
// Invariant: no font has a source on another server. Excalidraw names one of its makers' behind ours, and a browser asks its policy about each
// source, also about those that it will never need.

declare global {
  interface Window {
    EXCALIDRAW_ASSET_PATH?: string | string[];
  }
}

/** Ends in '/'. */
export const ASSET_PATH = `/board/assets/${process.env.EXCALIDRAW_VERSION}/`;

window.EXCALIDRAW_ASSET_PATH = ASSET_PATH;

window.FontFace = class extends FontFace {
  constructor(family: string, source: string | BufferSource, descriptors?: FontFaceDescriptors) {
    super(family, typeof source === 'string' ? ownSources(source) : source, descriptors);
  }
};

/** Of `url(a) format("woff2"), url(b) format("woff2")` what this server has. */
function ownSources(source: string): string {
  const isOwn = (one: string) =>
    new URL(/url\(["']?([^"')]+)/.exec(one)?.[1] ?? '', location.href).host === location.host;
  return source
    .split(/,\s*(?=url\()/)
    .filter(isOwn)
    .join(', ');
}
