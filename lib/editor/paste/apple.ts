import type { Pasted } from './pasted.ts';
import { all, unwrap } from './reshape.ts';

// Apple's text system (Notes, Pages, TextEdit, Mail): spaces that would collapse stand in spans of their own, and a heading stands within a `<b>`.

export const apple = {
  applies: (source: string) => /Cocoa HTML Writer|Apple-(?:converted-space|tab-span|dash-list)/.test(source),

  transform({ body }: Pasted): void {
    for (const space of all(body, '.Apple-converted-space, .Apple-tab-span')) space.replaceWith(' ');
    for (const bold of all(body, 'b')) if (bold.firstElementChild?.matches('h1, h2, h3, h4')) unwrap(bold);
  },
};
