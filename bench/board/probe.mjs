/** Runs in the page before anything else. What it tells of the board is read out of Excalidraw's own scene, once per frame. */
export function installProbe() {
  /** Excalidraw's component, found from its element. */
  const app = () => {
    const container = document.querySelector('.excalidraw-container');
    const key = container && Object.keys(container).find((name) => name.startsWith('__reactFiber$'));
    let fiber = key ? container[key] : undefined;
    while (fiber && !fiber.stateNode?.scene) fiber = fiber.return;
    return fiber?.stateNode;
  };
  const scene = () => app()?.scene;
  const until = (is) =>
    new Promise((resolve) => {
      const look = (now) => (is() ? resolve(now) : requestAnimationFrame(look));
      requestAnimationFrame(look);
    });
  const paintings = watchPaintings();
  window.probe = {
    count: () => scene()?.getNonDeletedElements().length ?? 0,
    /** Milliseconds from the beginning of the visit until each of its stages, the last being that `count` shapes are painted. */
    loaded: async (count) => {
      await until(() => window.probe.count() === count);
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const shown = performance.now();
      const marks = performance.getEntriesByType('mark').map(({ name, startTime }) => [name, Math.round(startTime)]);
      const { 'board:arrived': arrived, 'board:editor': editor, 'board:read': read } = Object.fromEntries(marks);
      return { arrived, editor, read, shown: Math.round(shown) };
    },
    /** The same, until what was a sketch at first (app/board/sketch.ts) is painted; undefined when it was none. */
    final: async () => {
      const at = (name) => performance.getEntriesByName(name)[0]?.startTime;
      if (at('board:sketched') === undefined) return undefined;
      await until(() => at('board:painted') !== undefined);
      return Math.round(at('board:painted'));
    },
    /** How many shapes can be seen on the canvas as it is now: there is ink within their box. */
    visible: () => {
      const { scrollX, scrollY, zoom } = app().state;
      const canvas = document.querySelector('canvas.static');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const perPixel = zoom.value * devicePixelRatio;
      const isInk = (x, y) => data[(y * canvas.width + x) * 4] < 250;
      const hasInk = ({ x, y, width, height }) => {
        const [left, top] = [(x + scrollX) * perPixel, (y + scrollY) * perPixel].map(Math.floor);
        for (let down = 0; down <= height * perPixel; down++)
          for (let right = 0; right <= width * perPixel; right++) if (isInk(left + right, top + down)) return true;
        return false;
      };
      return scene().getNonDeletedElements().filter(hasInk).length;
    },
    /** When the shape is at `x` in a frame. */
    seenAt: async (id, x) => {
      await until(() => scene()?.getElement(id)?.x === x);
      return Date.now();
    },
    /** Of each painting of our board since it was asked last: why it was a whole one, or '' when it was not. */
    paintings: () => paintings.splice(0),
    /** Milliseconds between frames. */
    frames: (ms) =>
      new Promise((resolve) => {
        const between = [];
        const end = performance.now() + ms;
        let last;
        const frame = (now) => {
          if (last !== undefined) between.push(now - last);
          last = now;
          if (now < end) requestAnimationFrame(frame);
          else setTimeout(() => resolve({ between }), 50);
        };
        requestAnimationFrame(frame);
      }),
  };

  /** Stands between Excalidraw and `window.paintBoard` of app/board/repaint.ts. A plain page has none. */
  function watchPaintings() {
    const found = [];
    let [ask, last] = [undefined, undefined];
    Object.defineProperty(window, 'paintBoard', {
      configurable: true,
      get: () => ask,
      set: (paintBoard) => {
        ask = (paint, painting) => {
          let whole = false;
          paintBoard((part) => {
            whole ||= part === painting;
            paint(part);
          }, painting);
          found.push(whole ? whatDiffers(last, painting) : '');
          last = { ...painting, appState: { ...painting.appState }, renderConfig: { ...painting.renderConfig } };
        };
      },
    });
    return found;
  }
  /** Names of what is another thing than at the painting before. */
  function whatDiffers(before, after) {
    if (!before) return 'the first';
    const names = ['appState', 'renderConfig'].flatMap((group) =>
      Object.keys(after[group]).filter((key) => before[group][key] !== after[group][key]),
    );
    const [old, now] = [before.visibleElements, after.visibleElements];
    const others = now.filter((element, at) => old[at]?.id !== element.id).length;
    const made = now.filter((element, at) => old[at]?.id === element.id && old[at] !== element).length;
    return (
      [...names, others && `${others} at another place`, made && `${made} made anew`].filter(Boolean).join(', ') || '?'
    );
  }
}
