/** Runs in the page before anything else. What it tells of the board is read out of Excalidraw's own scene, once per frame. */
export function installProbe() {
  /** @returns {{ getNonDeletedElements(): { id: string, x: number }[], getElement(id: string): { x: number } | null } | undefined} */
  const scene = () => {
    const container = document.querySelector('.excalidraw-container');
    const key = container && Object.keys(container).find((name) => name.startsWith('__reactFiber$'));
    let fiber = key ? container[key] : undefined;
    while (fiber && !fiber.stateNode?.scene) fiber = fiber.return;
    return fiber?.stateNode.scene;
  };
  const until = (is) =>
    new Promise((resolve) => {
      const look = (now) => (is() ? resolve(now) : requestAnimationFrame(look));
      requestAnimationFrame(look);
    });
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
    /** When the shape is at `x` in a frame. */
    seenAt: async (id, x) => {
      await until(() => scene()?.getElement(id)?.x === x);
      return Date.now();
    },
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
}
