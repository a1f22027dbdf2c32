// npm run screenshots: takes the pictures in docs/images anew, and those of every page and state, into screenshots/, from the product as it is.
//
//   npm run screenshots -- gallery       only the pages and states
//   npm run screenshots -- -g "zh-Hant dark phone"

import { ensureBrowser } from './browsers.mjs';
import { build } from './build.mjs';
import { tool } from './tools.mjs';

if (!(await build('server', 'page'))) process.exit(1);
const args = ['test', '--project=screenshots', ...process.argv.slice(2)];
process.exit(await tool('playwright', args, { INKROOM_CHROMIUM: await ensureBrowser('chromium') }));
