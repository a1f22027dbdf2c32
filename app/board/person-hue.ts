/** Hues that Excalidraw gives to collaborators: multiples of ten degrees, by a hash of their id. */
const HUES = 37;

/** An id which Excalidraw hashes to the hue that is next to `color`: so a selection has the colour that its person has everywhere. */
export function excalidrawIdOf(color: `#${string}`): string {
  return String.fromCharCode(2 * HUES + Math.round(hueOf(color) / 10)); // of one character, the hash is its code
}

/** Degrees, from 0 to 360. */
function hueOf(color: `#${string}`): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  const most = Math.max(red, green, blue);
  const range = most - Math.min(red, green, blue);
  if (range === 0) return 0;
  const sixth =
    most === red ? (green - blue) / range : most === green ? 2 + (blue - red) / range : 4 + (red - green) / range;
  return (sixth * 60 + 360) % 360;
}
