// @vitest-environment happy-dom

import { afterEach, describe, expect, it } from 'vitest';
import type { NodeJson } from '../../lib/convert/document-json.ts';
import { writeMarkdown } from '../../lib/convert/markdown/write-markdown.ts';
import { closeWriters, exchange, two, type Writer } from '../support/writers.ts';

afterEach(closeWriters);

const markdown = ({ editor }: Writer) => writeMarkdown(editor.getJSON() as NodeJson);

const LIST = '<ul><li><p>one</p></li><li><p>two</p><ul><li><p>below</p></li></ul></li><li><p>three</p></li></ul>';

describe('[EDIT-43] Tab in a list', () => {
  it('moves a line in, and stays where it cannot', () => {
    const [ada] = two('<ul><li><p>one</p></li><li><p>two</p></li></ul><p>after</p>');
    ada.after('one');
    expect(ada.press('Tab')).toBe(true);
    ada.after('two');
    expect(ada.press('Tab')).toBe(true);
    expect(ada.press('Tab')).toBe(true);
    expect(markdown(ada)).toBe('- one\n  - two\n\nafter');
  });

  it('leaves the text elsewhere', () => {
    const [ada] = two(`${LIST}<p>after</p>`);
    ada.after('after');
    expect(ada.press('Tab')).toBe(false);
  });
});

describe('[EDIT-44] a list that becomes one of another kind', () => {
  it('takes all its lines along, with what is below them, and the caret', () => {
    const [ada, bo] = two(LIST);
    ada.after('tw');
    ada.editor.commands.toggleTaskList();
    expect(markdown(ada)).toBe('- [ ] one\n- [ ] two\n  - below\n- [ ] three');
    expect(ada.caret).toBe('tw|o');
    exchange(ada, bo);
    expect(markdown(bo)).toBe(markdown(ada));
    ada.editor.commands.toggleOrderedList();
    expect(markdown(ada)).toBe('1. one\n2. two\n   - below\n3. three');
    ada.editor.commands.toggleBulletList();
    expect(markdown(ada)).toBe('- one\n- two\n  - below\n- three');
  });

  it('is the one around the caret, and not the one above it', () => {
    const [ada] = two(LIST);
    ada.after('below');
    ada.editor.commands.toggleTaskList();
    expect(markdown(ada)).toBe('- one\n- two\n  - [ ] below\n- three');
  });

  it('is undone in one step', () => {
    const [ada] = two(LIST);
    const before = markdown(ada);
    ada.pause();
    ada.after('one');
    ada.editor.commands.toggleTaskList();
    ada.editor.commands.undo();
    expect(markdown(ada)).toBe(before);
  });

  it('joins its neighbours of that kind', () => {
    const [ada] = two(
      '<ul data-type="taskList"><li data-type="taskItem" data-checked="true"><p>one</p></li></ul><ul><li><p>two</p></li></ul>',
    );
    ada.after('two');
    ada.editor.commands.toggleTaskList();
    expect(markdown(ada)).toBe('- [x] one\n- [ ] two');
    expect(ada.lines).toHaveLength(1);
    expect(ada.caret).toBe('two|');
  });

  it('keeps the letters that somebody else writes in it meanwhile', () => {
    const [ada, bo] = two(LIST);
    ada.after('one');
    ada.editor.commands.toggleTaskList();
    exchange(ada, bo);
    bo.after('three');
    bo.type('!');
    exchange(ada, bo);
    expect(markdown(ada)).toBe('- [ ] one\n- [ ] two\n  - below\n- [ ] three!');
  });

  it('becomes text outside of any list', () => {
    const [ada] = two(LIST);
    ada.after('below');
    ada.editor.commands.setParagraph();
    expect(markdown(ada)).toBe('- one\n- two\n\nbelow\n\n- three');
    expect(ada.caret).toBe('below|');
  });

  it('`[ ]` makes a task of one line only', () => {
    const [ada] = two(LIST);
    ada.before('two');
    ada.type('[] ');
    expect(markdown(ada)).toBe('- one\n\n- [ ] two\n  - below\n\n- three');
    expect(ada.caret).toBe('|two');
  });
});
