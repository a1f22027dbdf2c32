'use client';

import { FileDown, FileImage, FileInput, FileType } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { documentTitle } from '../../lib/convert/new-document.ts';
import type { SharedDocument } from '../../lib/react/index.ts';
import { MenuItem, MenuSeparator } from '../ui/menu.tsx';
import { saveFile } from '../ui/save-file.ts';
import { useToast } from '../ui/toast.tsx';
import { boardFile, boardPng, boardSvg, type SharedBoard } from './picture.ts';
import { type OpenBoard, useAddFile } from './use-add-file.ts';

export interface BoardItemsProps {
  provider: SharedDocument;
  board: string;
  /** Undefined until it can be drawn on, and for those who may not. */
  open: OpenBoard | undefined;
}

/** Characters of a file's name, and what some system cannot have in one. */
const FILE_NAME = 80;
const UNFIT = /[\p{Cc}/\\:*?"<>|]+/gu;

type Make = (board: SharedBoard) => Promise<string | Uint8Array<ArrayBuffer> | undefined>;

/** The entries of a menu that save a board, or add a file to it. */
export function BoardItems({ provider: { doc }, board, open }: BoardItemsProps) {
  const t = useTranslations('board');
  const toast = useToast();
  const addFile = useAddFile(open);
  const save = (end: string, type: string, make: Make) => async () => {
    try {
      const content = await make({ doc, board });
      const name = documentTitle(doc).replace(UNFIT, ' ').replace(/\s+/g, ' ').trim().slice(0, FILE_NAME) || t('label');
      if (content === undefined) toast(t('nothing'));
      else saveFile(`${name}.${end}`, content, type);
    } catch {
      toast(t('saveFailed'), 'danger'); // its code or its fonts could not be loaded
    }
  };
  return (
    <>
      <MenuItem onSelect={save('png', 'image/png', boardPng)}>
        <FileImage size={16} aria-hidden />
        {t('savePng')}
      </MenuItem>
      <MenuItem onSelect={save('svg', 'image/svg+xml', (shared) => boardSvg(shared, { paper: true }))}>
        <FileType size={16} aria-hidden />
        {t('saveSvg')}
      </MenuItem>
      <MenuItem onSelect={save('excalidraw', 'application/json', boardFile)}>
        <FileDown size={16} aria-hidden />
        {t('saveFile')}
      </MenuItem>
      {open ? (
        <>
          <MenuSeparator />
          <MenuItem onSelect={addFile}>
            <FileInput size={16} aria-hidden />
            {t('openFile')}
          </MenuItem>
        </>
      ) : null}
    </>
  );
}
