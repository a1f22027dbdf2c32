// Who somebody is, in the presence that the others see. `user` is where the carets of TipTap, y-prosemirror and Hocuspocus look for name and colour.
// Invariant: `user.id` of a stamped state is the user of the grant, or missing.

export interface Identity {
  /** Undefined for somebody unknown. */
  readonly user: string | undefined;
  /** Undefined where the token has none: the client may call itself as it likes. */
  readonly name?: string | undefined;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** `state` is valid JSON. What is no object says nothing of a user, and stays as it is. */
export function stamped(state: Uint8Array, { user, name }: Identity): Uint8Array {
  const value: unknown = JSON.parse(decoder.decode(state));
  if (!isObject(value)) return state;
  const { id: _, ...claimed } = isObject(value.user) ? value.user : {};
  if (user === undefined && !isObject(value.user)) return state;
  const known = { ...(user !== undefined && { id: user }), ...(name !== undefined && { name }) };
  return encoder.encode(JSON.stringify({ ...value, user: { ...claimed, ...known } }));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
