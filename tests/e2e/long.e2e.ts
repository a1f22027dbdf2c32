import { expect, test } from '../support/browser.ts';

// A text that is drawn in sheets, in a real browser: only there is one laid out.

/** Lines of the text; every tenth is a heading. */
const LINES = 400;

test('[E2E-62] in a long text one finds a heading, writes there, and what others write does not move the page', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  const markdown = Array.from({ length: LINES }, (_, at) =>
    at % 10 === 0 ? `# Part ${at}` : `Line ${at}. `.repeat(30),
  );
  await ada.paste({ 'text/plain': markdown.join('\n\n') });
  await ada.expectState('saved');
  await expect.poll(() => bo.lines()).toHaveLength(LINES);

  // Come later, one gets it all, in sheets.
  await bo.page.reload();
  await expect(bo.editor.locator(':scope > .sheet')).not.toHaveCount(0);
  await expect(bo.editor.locator(':scope > .sheet > *')).toHaveCount(LINES);

  await bo.page.getByRole('button', { name: 'Settings' }).click();
  await bo.page.getByRole('menuitem', { name: 'Show the outline' }).click();
  await expect(bo.page.getByRole('button', { name: 'Settings' })).toBeFocused(); // a menu gives the focus back a moment later
  await bo.page.getByTestId('outline').getByRole('button', { name: 'Part 250' }).click();
  const heading = bo.editor.getByRole('heading', { name: 'Part 250' });
  await expect(heading).toBeInViewport();
  await bo.type(', as Bo calls it');
  await expect(bo.editor.getByRole('heading', { name: 'Part 250, as Bo calls it' })).toBeInViewport();
  await ada.expectText('Part 250, as Bo calls it');

  const placeOf = async () => (await heading.boundingBox())?.y ?? 0;
  const before = await placeOf();
  await ada.toStart();
  await ada.type('Ada was here.\nAnd here.\nAnd here.\n');
  await bo.expectText('Ada was here.');
  await expect.poll(() => bo.lines()).toHaveLength(LINES + 3);
  await expect.poll(placeOf).toBeCloseTo(before, -1);

  // What was never in sight takes its real height as it comes: what one looks at stays, and the way back leads where one was.
  await bo.page.mouse.move(600, 400);
  for (let turn = 0; turn < 12; turn++) await bo.page.mouse.wheel(0, -400);
  await expect(heading).not.toBeInViewport();
  for (let turn = 0; turn < 12; turn++) await bo.page.mouse.wheel(0, 400);
  await expect(heading).toBeInViewport();

  // On paper is everything. Asked again and again: Chromium answers for a block that is not laid out before it has looked at the new style.
  await bo.page.emulateMedia({ media: 'print' });
  const hidden = () =>
    bo.editor
      .locator(':scope > .sheet > *')
      .evaluateAll(
        (blocks) => blocks.filter((block) => !block.checkVisibility({ contentVisibilityAuto: true })).length,
      );
  await expect.poll(hidden).toBe(0);
});
