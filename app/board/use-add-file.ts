'use client';

import { useTranslations } from 'use-intl';
import type { BoardElement } from '../../lib/whiteboard/element.ts';
import type { BoardFile } from '../../lib/whiteboard/files.ts';
import { importScene } from '../../lib/whiteboard/scene-file.ts';
import { useToast } from '../ui/toast.tsx';

/** A board that is open, and takes more elements, as if they were drawn here. */
export interface OpenBoard {
  elements(): readonly BoardElement[];
  add(elements: readonly BoardElement[], files: readonly BoardFile[]): void;
}

/** Bytes of a file: some thousand shapes and a few photographs. */
const MOST_BYTES = 50 * 1024 * 1024;

/** Lets a person choose an Excalidraw file, and adds what is in it to `board`. */
export function useAddFile(board: OpenBoard | undefined): () => void {
  const t = useTranslations('board');
  const toast = useToast();
  const add = async (file: File) => {
    try {
      const { elements, files } = await readScene(file, board?.elements() ?? []);
      board?.add(elements, files);
      toast(t('opened', { count: elements.length }));
    } catch {
      toast(t('openFailed'), 'danger'); // no file of this kind, or a damaged one
    }
  };
  return () => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = '.excalidraw,.json,application/json';
    input.addEventListener('change', () => {
      const [file] = input.files ?? [];
      if (file) void add(file);
    });
    input.click();
  };
}

async function readScene(file: File, present: readonly BoardElement[]) {
  if (file.size > MOST_BYTES) throw new Error('The file is too large.');
  const scene = importScene(JSON.parse(await file.text()), { present, newId });
  if (!scene) throw new Error('The file is none of Excalidraw.');
  return scene;
}

/** 120 bits. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(15));
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_');
}
