'use client';

import dynamic from 'next/dynamic';
import { type ComponentType, memo, useEffect, useState } from 'react';
import type { EditorProps } from '../editor/editor.tsx';
import { WaitingToolbar } from './waiting-document.tsx';

// The editor as soon as its code is there, which comes while the page is made ready and the document does.
// Not by `lazy`: once React has shown that something waits, it shows what it waited for 300 ms later, however soon that was there.
// Invariant: where the code is there already, the first rendering shows the editor.

type Loader = () => Promise<typeof import('../editor/editor.tsx')>;

let load: Loader;
let loaded: ComponentType<EditorProps> | undefined;

/** Notes `loader`, which has to stand within `dynamic`. */
function noted(loader: Loader) {
  load = loader;
  // No editor is made on the server.
  return () => (typeof window === 'undefined' ? Promise.resolve(Nothing) : loader().then(() => Nothing));
}

const Nothing = () => null;

// The one import of the editor: another would get its code in files of other names, and those that came ahead would be for nothing.
const Ahead = dynamic(
  noted(() => import('../editor/editor.tsx')),
  { loading: Nothing },
);

/**
 * Shows nothing. In the page's HTML it names the files of the editor's code, so that they come beside those of the page; else they are asked for when
 * those have come and run.
 */
export const EditorAhead = memo(() => <Ahead />);

/** May be called again and again. */
export async function loadEditor(): Promise<ComponentType<EditorProps>> {
  loaded = (await load()).Editor;
  return loaded;
}

/** An empty toolbar until the code is there. When it is not to be had, that is an error of the page, as anything that cannot be rendered. */
export function LoadedEditor(props: EditorProps) {
  const [Editor, setEditor] = useState(() => loaded);
  useEffect(() => {
    if (Editor) return;
    const fail = (error: unknown) =>
      setEditor(() => {
        throw error;
      });
    void loadEditor().then((made) => setEditor(() => made), fail);
  }, [Editor]);
  return Editor ? <Editor {...props} /> : <WaitingToolbar />;
}
