'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { CONTENT, documentKind } from '../../lib/convert/new-document.ts';
import { useDocument, useHasContent, useSyncValue } from '../../lib/react/index.ts';
import { LiveBoard } from '../board/live-board.tsx';
import { loadBoard } from '../board/loaded-board.tsx';
import { WaitingBoard } from '../board/waiting-board.tsx';
import { useToolbarShown } from '../settings/toolbar-choice.ts';
import { pageIsShown } from '../settled.ts';
import styles from './document.module.css';
import { LiveText } from './live-text.tsx';
import { EditorAhead, loadEditor } from './loaded-editor.tsx';
import type { Snapshot } from './snapshot.ts';
import { SnapshotText } from './snapshot-text.tsx';
import { type ShownText, takePlace } from './take-place.ts';
import { UnavailableDocument } from './unavailable-document.tsx';
import type { Existence } from './use-existence.ts';
import { TextSkeleton, WaitingHeader, WaitingToolbar } from './waiting-document.tsx';

// A document that was found, or that may be on this device.
// Invariant: an editor is shown only for content that has arrived. Until it is on the page there is the text as it was stored last, or a
// skeleton, or the reason why there is neither; and between those and the editor there is never nothing.

// Its code comes while the page is made ready, and the document does; in place of a board the page has a frame for one.
if (typeof window !== 'undefined') void (document.querySelector('[data-waiting-board]') ? loadBoard() : loadEditor());

/** Pixels at the top of the window that header and toolbar cover. */
const COVERED = 96;

export interface OpenDocumentProps {
  name: string;
  existence: Existence;
  snapshot: Snapshot | undefined;
}

export function OpenDocument({ name, existence, snapshot }: OpenDocumentProps) {
  const provider = useDocument(name);
  const arrived = useHasContent(provider);
  const refusal = useSyncValue(provider, (sync) => (sync.state === 'refused' ? sync : undefined));
  const offline = useSyncValue(provider, ({ state }) => state === 'offline');
  const toolbar = useToolbarShown();
  const [shown, setShown] = useState(false);
  const standIn = useRef<HTMLElement>(null);
  const showText = useCallback((text: ShownText) => {
    if (standIn.current) takePlace(standIn.current, text, COVERED);
    setShown(true);
  }, []);
  const showBoard = useCallback(() => setShown(true), []);
  const certain = existence.state === 'there';
  // Without the server's word, an empty document is not a document: nothing has been kept of it here.
  const there = arrived && (certain || (provider?.doc.getXmlFragment(CONTENT).length ?? 0) > 0);
  const kind = provider && there ? documentKind(provider.doc) : certain ? existence.kind : undefined;
  useEffect(() => {
    void (kind === 'board' ? loadBoard() : loadEditor()); // its code comes while the document does
  }, [kind]);
  useEffect(() => {
    if (shown) pageIsShown();
  }, [shown]);

  if (!there && refusal) return <UnavailableDocument refusal={refusal} />;
  if (!there && offline && existence.state === 'unknown') {
    return <UnavailableDocument refusal={undefined} />;
  }
  if (kind === 'board') {
    return (
      <div className={styles.page}>
        {provider && there ? (
          <LiveBoard provider={provider} onShown={showBoard} />
        ) : (
          <WaitingHeader title={certain ? existence.title : undefined} />
        )}
        {shown ? null : <WaitingBoard />}
      </div>
    );
  }
  // What stands in for the text keeps its place below whatever is above it: it is never made anew.
  return (
    <div className={styles.page} data-toolbar={toolbar ? undefined : 'hidden'}>
      {provider && there ? (
        <LiveText provider={provider} onShown={showText} />
      ) : (
        <>
          <WaitingHeader title={certain ? existence.title : undefined} />
          <WaitingToolbar />
          <EditorAhead />
        </>
      )}
      {shown ? null : snapshot ? <SnapshotText text={snapshot.text} ref={standIn} /> : <TextSkeleton />}
    </div>
  );
}
