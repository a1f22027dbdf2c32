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
    /** Resolves with the milliseconds since the visit began. */
    until: async (is) => {
      await until(is);
      return performance.now();
    },
    /** When the shape is at `x` in a frame. */
    seenAt: async (id, x) => {
      await until(() => scene()?.getElement(id)?.x === x);
      return Date.now();
    },
    /** Milliseconds between frames, and of work in each from its beginning until it is painted. */
    frames: (ms) =>
      new Promise((resolve) => {
        const between = [];
        const work = [];
        const end = performance.now() + ms;
        let last;
        const frame = (now) => {
          const begun = performance.now();
          if (last !== undefined) between.push(now - last);
          last = now;
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => work.push(performance.now() - begun);
          port2.postMessage(undefined);
          if (now < end) requestAnimationFrame(frame);
          else setTimeout(() => resolve({ between, work }), 50);
        };
        requestAnimationFrame(frame);
      }),
  };
}
