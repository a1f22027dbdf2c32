'use client';

import dynamic from 'next/dynamic';
import { memo } from 'react';
import { CodeAhead, Nothing, useCode } from '../code-ahead.ts';
import type { EditorProps } from '../editor/editor.tsx';
import { WaitingToolbar } from './waiting-document.tsx';

// The editor as soon as its code is there.

const code = new CodeAhead<EditorProps>();
const Ahead = dynamic(
  code.noted(() => import('../editor/editor.tsx').then(({ Editor }) => Editor)),
  { loading: Nothing },
);

/**
 * Shows nothing. In the page's HTML it names the files of the editor's code, so that they come beside those of the page; else they are asked for when
 * those have come and run.
 */
export const EditorAhead = memo(() => <Ahead />);

export const loadEditor = () => code.load();

/** An empty toolbar until the code is there. */
export function LoadedEditor(props: EditorProps) {
  const Editor = useCode(code);
  return Editor ? <Editor {...props} /> : <WaitingToolbar />;
}
