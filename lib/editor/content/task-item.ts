import { TaskItem } from '@tiptap/extension-list';

// A line with a box to tick. TipTap's own view repeats the line as hidden text in its label, which would be copied and read twice.

/** `words().task` names the box. */
export function taskItem(words: () => { task: string }) {
  return TaskItem.extend({
    addNodeView() {
      return ({ node, editor, getPos }) => {
        let { checked } = node.attrs;
        const dom = document.createElement('li');
        const label = document.createElement('label');
        const box = document.createElement('input');
        const contentDOM = document.createElement('div');
        const show = () => {
          dom.dataset.checked = String(checked === true);
          box.checked = checked === true;
          box.ariaLabel = words().task;
        };
        label.contentEditable = 'false';
        box.type = 'checkbox';
        box.addEventListener('mousedown', (event) => event.preventDefault()); // the caret stays in the text
        box.addEventListener('change', () => {
          const position = getPos();
          if (editor.isEditable && position !== undefined) {
            editor.view.dispatch(editor.state.tr.setNodeAttribute(position, 'checked', box.checked));
          }
          show(); // a viewer's tick is taken back
        });
        label.append(box);
        dom.append(label, contentDOM);
        show();
        return {
          dom,
          contentDOM,
          update: (next) => {
            if (next.type !== node.type) return false;
            checked = next.attrs.checked;
            show();
            return true;
          },
        };
      };
    },
  }).configure({ nested: true });
}
