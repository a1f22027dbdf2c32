// Runs in the frame that draws diagrams (app/diagram/files.ts says what that may do; app/editor/draw-diagram.ts asks it).
// Invariant: one drawing at a time, and each question is answered once, with text: a picture or a reason.

// @ts-expect-error: it is beside this file only as the two are served
import mermaid from './mermaid/mermaid.esm.min.mjs';

/** Characters of a label for those who cannot see the picture. */
const LABEL_LENGTH = 500;

const FONT =
  'system-ui, -apple-system, "Segoe UI", "PingFang TC", "Microsoft JhengHei", "Noto Sans CJK TC", sans-serif';

/** The page's colours (app/tokens.css): an image has none of the page's. */
const THEMES = {
  light: {
    darkMode: false,
    background: '#ffffff',
    primaryColor: '#eceffc',
    primaryBorderColor: '#3448c5',
    primaryTextColor: '#1c1b1a',
    lineColor: '#5c5952',
    edgeLabelBackground: '#ffffff',
    textColor: '#1c1b1a',
  },
  dark: {
    darkMode: true,
    background: '#18181b',
    primaryColor: '#262a45',
    primaryBorderColor: '#9dabff',
    primaryTextColor: '#ececea',
    lineColor: '#a8a6a0',
    edgeLabelBackground: '#18181b',
    textColor: '#ececea',
  },
};

/** @param {keyof typeof THEMES} theme @param {string} source */
async function draw(theme, source) {
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: 'strict',
    suppressErrorRendering: true,
    logLevel: 'fatal',
    theme: 'base',
    themeVariables: { ...THEMES[theme], useGradient: false, dropShadow: 'none', fontSize: '15px', fontFamily: FONT },
    fontFamily: FONT,
    htmlLabels: false, // text of SVG: every browser shows it in an image
    flowchart: { htmlLabels: false },
    // What a source may not set for itself.
    secure: [
      'secure',
      'securityLevel',
      'startOnLoad',
      'maxTextSize',
      'maxEdges',
      'suppressErrorRendering',
      'logLevel',
    ].concat(['theme', 'themeVariables', 'themeCSS', 'fontFamily', 'altFontFamily', 'htmlLabels']),
  });
  const { svg } = await mermaid.render(`diagram-${theme}`, source);
  const holder = document.createElement('div');
  holder.innerHTML = svg;
  const root = holder.querySelector('svg');
  if (!root) throw new Error('Nothing was drawn.');
  const [, , width = 300, height = 150] = (root.getAttribute('viewBox') ?? '').split(/[\s,]+/).map(Number);
  root.setAttribute('width', String(width));
  root.setAttribute('height', String(height));
  root.removeAttribute('style');
  return { svg: new XMLSerializer().serializeToString(root), width, height, label: labelOf(root) };
}

/** @param {SVGElement} root */
function labelOf(root) {
  const given = [...root.querySelectorAll(':scope > title, :scope > desc')].map((element) =>
    element.textContent?.trim(),
  );
  const words = [...root.querySelectorAll('text, foreignObject')].map((element) => element.textContent?.trim());
  const said = given.some(Boolean) ? given : [...new Set(words)];
  return said.filter(Boolean).join(', ').slice(0, LABEL_LENGTH);
}

/** @param {string} source */
async function answer(source) {
  try {
    const light = await draw('light', source);
    const dark = await draw('dark', source);
    return { light, dark };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

let last = Promise.resolve();

addEventListener('message', ({ source: asker, data }) => {
  if (asker !== parent) return;
  last = last.then(async () => {
    parent.postMessage({ id: data.id, ...(await answer(data.source)) }, '*'); // only this server's pages may frame it
  });
});
parent.postMessage('ready', '*');
