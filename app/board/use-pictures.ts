'use client';

import type { ExcalidrawImperativeAPI } from '@excalidraw/excalidraw/types';
import { useEffect, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { UploadError, upload } from '../../lib/client/index.ts';
import type { SharedDocument } from '../../lib/react/index.ts';
import { boardFiles } from '../../lib/whiteboard/board.ts';
import { type BoardFile, BoardFiles } from '../../lib/whiteboard/files.ts';
import { useToast } from '../ui/toast.tsx';
import { asBinaryFiles, fetchPicture, pictureBlob } from './uploaded.ts';

/** Carries the pictures of a board to the server, and those of others here. Undefined until Excalidraw is there. */
export function usePictures(api: ExcalidrawImperativeAPI | undefined, { doc, name }: SharedDocument, board: string) {
  const pictures = useRef<BoardFiles>(undefined);
  const { refused, damaged } = useNews();
  useEffect(() => {
    if (!api) return;
    const made = new BoardFiles({
      files: boardFiles(doc, board),
      upload: (file) => send(name, file, refused),
      fetch: fetchPicture,
      damaged,
      show: (files) => api.addFiles(asBinaryFiles(files)),
    });
    pictures.current = made;
    made.changed(api.getSceneElements(), api.getFiles());
    return () => {
      pictures.current = undefined;
      made.close();
    };
  }, [api, doc, name, board, refused, damaged]);
  return pictures;
}

type Refused = (code: UploadError['code']) => void;

/** Resolves with its address. What the server will never take is said once, and tried no more. */
async function send(document: string, file: BoardFile, refused: Refused): Promise<string> {
  try {
    return (await upload(document, pictureBlob(file))).address;
  } catch (error) {
    if (!(error instanceof UploadError) || error.retry) throw error;
    refused(error.code);
    return ''; // no address: it is shown to nobody else
  }
}

/** What is said of pictures: the same functions for the life of the page. */
function useNews(): { refused: Refused; damaged: () => void } {
  const t = useTranslations('upload');
  const board = useTranslations('board');
  const toast = useToast();
  const say = useRef({ refused: (_: UploadError['code']): void => undefined, damaged: (): void => undefined });
  useEffect(() => {
    say.current = {
      refused: (code) => void (code !== 'aborted' && toast(t(code, { name: board('picture') }), 'danger')),
      damaged: () => void toast(board('damaged'), 'danger'),
    };
  }, [t, board, toast]);
  const [news] = useState(() => ({
    refused: (code: UploadError['code']) => say.current.refused(code),
    damaged: () => say.current.damaged(),
  }));
  return news;
}
