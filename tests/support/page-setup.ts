import { build } from '../../scripts/build.mjs';
import { startPage, untilEnded } from '../../scripts/children.mjs';

// The page's process, one for a whole run of the browser tests: it keeps nothing, so every test may share it.

/** Playwright's global setup. What it returns is run at the end. */
export default async function setUp(): Promise<() => Promise<void>> {
  if (!(await build('server', 'page'))) throw new Error('The build failed.');
  const page = await startPage();
  process.env.INKROOM_TEST_PAGE = page.url; // the workers, which are processes of their own, inherit it
  return async () => {
    page.child.disconnect();
    await untilEnded(page.child);
  };
}
