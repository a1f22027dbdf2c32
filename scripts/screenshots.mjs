// npm run screenshots: takes the pictures in docs/images anew, from the product as it is.

import { build } from './build.mjs';
import { ensureChromium } from './chromium.mjs';
import { tool } from './tools.mjs';

if (!(await build('server', 'page'))) process.exit(1);
process.exit(await tool('playwright', ['test', '--project=screenshots'], { INKROOM_CHROMIUM: await ensureChromium() }));
