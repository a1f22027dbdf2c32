// The page beside which ours is measured: TipTap as its documentation sets it up, with StarterKit, tables and tasks, bound by y-tiptap,
// and nothing around it. The provider is ours, and so is the document.

import { Editor } from '@tiptap/core';
import Collaboration from '@tiptap/extension-collaboration';
import { TaskItem, TaskList } from '@tiptap/extension-list';
import { TableKit } from '@tiptap/extension-table';
import StarterKit from '@tiptap/starter-kit';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { InkroomClient } from '../../../lib/client/index.ts';

const name = decodeURIComponent(location.pathname.split('/').at(-1));
const url = new URL('/sync', location.href);
url.protocol = 'ws:';
const doc = new Y.Doc();
const client = new InkroomClient({ url: url.href, offline: null });
const provider = client.open(name, { doc, awareness: new Awareness(doc) });

await provider.whenSynced();
new Editor({
  element: document.querySelector('main'),
  extensions: [
    StarterKit.configure({ undoRedo: false, trailingNode: false }),
    TaskList,
    TaskItem.configure({ nested: true }),
    TableKit,
    Collaboration.configure({ document: doc, field: 'content' }),
  ],
});
