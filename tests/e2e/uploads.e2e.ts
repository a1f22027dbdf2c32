import { expect, type Person, test } from '../support/browser.ts';
import { hashOf, png } from '../support/pictures.ts';

// Pictures that people paste, drop and choose, and what they are told when one cannot be taken.

const uploadOf = (bytes: Uint8Array) => `/api/uploads/${hashOf(bytes)}`;

test('[IMAGE-7] [IMAGE-11] a picture is pasted, dropped and chosen; the other sees it, and it is there after a reload, without a script too', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  const pictures = [60, 120, 180].map((shade) => png({ width: 300, height: 200 }, shade));
  const [pasted, dropped, chosen] = pictures as [Buffer, Buffer, Buffer];

  await ada.toEnd();
  await ada.type('Above');
  await ada.pastePicture(pasted);
  await expect(bo.editor.locator('.image img')).toHaveCount(1);
  await expectShown(bo, 1);

  await drop(ada, [{ name: 'The harbour.png', type: 'image/png', base64: dropped.toString('base64') }]);
  await expect(bo.editor.getByRole('img', { name: 'The harbour' })).toHaveAttribute('src', uploadOf(dropped));

  await ada.page.keyboard.press('ControlOrMeta+End');
  await ada.page.getByRole('button', { name: 'Insert' }).click();
  await ada.page.getByRole('menuitem', { name: 'Image' }).click();
  const chooser = ada.page.waitForEvent('filechooser');
  await ada.page.getByRole('button', { name: 'Choose a file' }).click();
  await (await chooser).setFiles([{ name: 'Chosen.png', mimeType: 'image/png', buffer: chosen }]);
  await expect(bo.editor.getByRole('img', { name: 'Chosen' })).toHaveAttribute('src', uploadOf(chosen));
  await expectShown(bo, 3);
  await Promise.all([ada.expectState('saved'), bo.expectState('saved')]);

  await bo.page.reload();
  await expectShown(bo, 3);
  const reader = await arrive('Cem', { javaScriptEnabled: false });
  await reader.page.goto(`/d/${document}`);
  await expect(reader.page.getByRole('img', { name: 'The harbour' })).toHaveAttribute('src', uploadOf(dropped));
});

test('[IMAGE-8] [IMAGE-9] a placeholder shows how far it is; without a connection it says so, and the picture comes when it is tried again', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  const picture = png({ width: 400, height: 120 });
  const file = { name: 'Plan of the ground floor.png', type: 'image/png', base64: picture.toString('base64') };
  let answer: (() => void) | undefined;
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await ada.page.route('**/api/uploads?*', async (route) => {
    await held;
    await route.abort();
  });

  await ada.toEnd();
  await ada.type('What we have so far:');
  await drop(ada, [file]);
  const placeholder = ada.page.getByTestId('upload');
  await expect(placeholder.getByText('Uploading “Plan of the ground floor.png” …')).toBeVisible();
  await expect(placeholder.getByRole('progressbar')).toBeVisible();
  await ada.type(' more of it');
  await expect(bo.editor).toHaveText('What we have so far: more of it');
  await expect(bo.page.getByTestId('upload')).toHaveCount(0);

  answer?.();
  const why = 'Without a connection “Plan of the ground floor.png” cannot be uploaded.';
  await expect(placeholder.getByText(why)).toBeVisible();
  await expect(ada.page.getByRole('region').getByText(why)).toBeVisible();
  await ada.page.unroute('**/api/uploads?*');
  await ada.page.keyboard.press('Tab');
  await expect(placeholder.getByRole('button', { name: 'Try again' })).toBeFocused();
  await ada.page.keyboard.press('Enter');
  await expectShown(bo, 1);
  await expect(placeholder).toHaveCount(0);
  await ada.type(' and here is the plan');
  await bo.expectText('more of it and here is the plan');
});

test('[IMAGE-9] a file that is too large, or no image, is refused with the reason, in both languages', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, lin] = await Promise.all([arrive('Ada'), arrive('Lin', { locale: 'zh-TW' })]);
  await Promise.all([ada.open(document), lin.open(document)]);
  const huge = { name: 'wall.png', type: 'image/png', base64: '', zeros: 20 * 1024 * 1024 + 1 };
  const script = { name: 'logo.svg', type: 'image/svg+xml', base64: btoa('<svg xmlns="http://www.w3.org/2000/svg"/>') };
  const lie = { name: 'lie.png', type: 'image/png', base64: btoa('<script>alert(1)</script>') };

  for (const [person, said] of [
    [ada, ['“wall.png” is too large', '“logo.svg” is not an image', '“lie.png” is not an image']],
    [lin, ['「wall.png」太大', '「logo.svg」不是可顯示的圖片', '「lie.png」不是可顯示的圖片']],
  ] as const) {
    await person.toEnd();
    for (const [at, file] of [huge, script, lie].entries()) {
      await drop(person, [file]);
      await expect(person.page.getByText(said[at] ?? '').first()).toBeVisible();
    }
    await expect(person.page.getByTestId('upload')).toHaveCount(0);
    await expect(person.editor.locator('.image')).toHaveCount(0);
  }
});

interface Dropped {
  readonly name: string;
  readonly type: string;
  readonly base64: string;
  /** Bytes behind them. */
  readonly zeros?: number;
}

/** Lets files fall on the last block of the text. */
async function drop(person: Person, files: readonly Dropped[]): Promise<void> {
  await person.editor.evaluate((element, files) => {
    const dataTransfer = new DataTransfer();
    for (const { name, type, base64, zeros = 0 } of files) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      dataTransfer.items.add(new File([bytes, new Uint8Array(zeros)], name, { type }));
    }
    const { left, bottom } = (element.lastElementChild ?? element).getBoundingClientRect();
    const at = { clientX: left + 4, clientY: bottom - 4, bubbles: true, cancelable: true };
    element.dispatchEvent(new DragEvent('drop', { dataTransfer, ...at }));
  }, files);
}

/** So many pictures, each of them loaded. */
async function expectShown(person: Person, count: number): Promise<void> {
  await expect(person.editor.locator('.image[data-state="shown"] img')).toHaveCount(count);
  await expect
    .poll(() =>
      person.editor
        .locator('.image img')
        .evaluateAll((images) => images.filter((image) => (image as HTMLImageElement).naturalWidth > 0).length),
    )
    .toBe(count);
}
