import { expect, expectSameText, test } from '../support/browser.ts';

// Chinese, as an input method writes it: a preedit that changes several times, then a commit. The events are the browser's own.

test('[E2E-30] Chinese being composed survives an edit that arrives in the same paragraph', async ({
  product,
  arrive,
}) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await ada.type('Dear all, ');
  await bo.expectText('Dear all,');

  const ime = await ada.cdp();
  const compose = (text: string) =>
    ime.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  await compose('ㄋ');
  await compose('ㄋㄧ');
  await compose('你');
  await bo.toStart();
  await bo.type('Hello! ');
  await ada.expectText('Hello!'); // it arrived in the middle of the composition
  await compose('你ㄏ');
  await compose('你ㄏㄠ');
  await compose('你好');
  await ime.send('Input.insertText', { text: '你好' });
  await ada.type(', everyone');

  expect(await expectSameText(product, document, [ada, bo])).toEqual(['Hello! Dear all, 你好, everyone']);
});

test('[E2E-31] two people compose Chinese in one paragraph at once', async ({ product, arrive }) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await ada.type('——');
  await bo.expectText('——');
  await Promise.all([ada.toStart(), bo.toEnd()]);

  const imes = [
    { ime: await ada.cdp(), steps: ['ㄗ', 'ㄗㄠ', '早', '早ㄢ', '早安'], text: '早安' },
    { ime: await bo.cdp(), steps: ['ㄨ', 'ㄨㄢ', '晚', '晚ㄢ', '晚安'], text: '晚安' },
  ];
  await Promise.all(
    imes.map(async ({ ime, steps, text }) => {
      for (let round = 0; round < 5; round++) {
        for (const step of steps) {
          await ime.send('Input.imeSetComposition', {
            text: step,
            selectionStart: step.length,
            selectionEnd: step.length,
          });
        }
        await ime.send('Input.insertText', { text });
      }
    }),
  );

  expect(await expectSameText(product, document, [ada, bo])).toEqual(['早安早安早安早安早安——晚安晚安晚安晚安晚安']);
});

test('[E2E-32] a composition that is given up leaves nothing behind', async ({ product, arrive }) => {
  const document = await product.create();
  const [ada, bo] = await Promise.all([arrive('Ada'), arrive('Bo')]);
  await Promise.all([ada.open(document), bo.open(document)]);
  await ada.toEnd();
  await ada.type('before');
  const ime = await ada.cdp();
  await ime.send('Input.imeSetComposition', { text: 'ㄏㄠ', selectionStart: 2, selectionEnd: 2 });
  await ime.send('Input.imeSetComposition', { text: '', selectionStart: 0, selectionEnd: 0 });
  await ada.type(' after');
  expect(await expectSameText(product, document, [ada, bo])).toEqual(['before after']);
});
