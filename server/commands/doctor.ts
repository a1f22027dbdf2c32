import { resolve } from 'node:path';
import { checkTogether, OPTIONS } from '../config.ts';
import { checkAnswer } from '../doctor/answer.ts';
import { type Finding, lineOf, type Report } from '../doctor/finding.ts';
import { baseOf, type Place } from '../doctor/place.ts';
import { checkForeignOrigin, checkHocuspocus, checkSilence, checkYWebsocket } from '../doctor/sockets.ts';
import { checkStorage } from '../doctor/storage.ts';
import { checkUploadFolder, checkUploadSize } from '../doctor/uploads.ts';
import { type Option, readOptions, text, url, usageOf, wholeNumber } from '../options.ts';
import type { Asked, Command } from './command.ts';

// inkroom doctor: says what is wrong with a server as its users reach it, or with the one that is configured here.

const DOCTOR = {
  url: {
    kind: url('http://', 'https://'),
    text: 'The server as its users reach it. Without one, what is configured on this machine is checked, the disk too.',
  },
  token: {
    env: 'INKROOM_DOCTOR_TOKEN',
    kind: text('TOKEN'),
    text: 'A token that grants something, for a server that wants one.',
    secret: true,
  },
  document: {
    kind: text('NAME'),
    initial: 'inkroom-doctor',
    text: 'The document to ask for; nothing is written to it.',
  },
  silence: {
    kind: wholeNumber(0, 3600),
    initial: '0',
    text: 'Seconds for which a socket is left alone, to find out whether something on the way cuts it off.',
  },
  patience: { kind: wholeNumber(1, 600), initial: '10', text: 'Seconds that each answer may take.' },
} as const satisfies Readonly<Record<string, Option<unknown>>>;

export const command: Command = {
  synopsis: 'doctor [options]',
  text: 'Opens real connections to a server, and says in plain sentences what is wrong and what to do.',
  options: `${usageOf(DOCTOR)}\nWithout --url also the options of "inkroom serve", to say what is configured.\n`,
  run: examine,
};

async function examine({ args, env, print }: Asked): Promise<number> {
  const asked = readOptions({ ...OPTIONS, ...DOCTOR }, { args, env });
  let wrong = 0;
  const report: Report = (finding: Finding) => {
    if (finding.verdict === 'wrong') wrong++;
    print(lineOf(finding));
  };
  const place = { token: asked.token ?? '', document: asked.document, patience: asked.patience * 1000 };
  if (asked.url !== undefined) {
    await examinePlace({ ...place, base: baseOf(asked.url), verify: true }, asked.silence, report);
  } else {
    const config = checkTogether(asked);
    await checkStorage(resolve(config.data), report);
    await checkUploadFolder(resolve(config.data), report);
    const host = { '0.0.0.0': '127.0.0.1', '::': '::1' }[config.host] ?? config.host;
    const protocol = config.tlsCert === undefined ? 'http' : 'https';
    const base = `${protocol}://${host.includes(':') ? `[${host}]` : host}:${config.port}`;
    await examinePlace({ ...place, base, verify: false }, asked.silence, report);
  }
  print(wrong === 0 ? '\nNothing is wrong.\n' : `\n${wrong === 1 ? 'One thing is' : `${wrong} things are`} wrong.\n`);
  return wrong === 0 ? 0 : 1;
}

async function examinePlace(place: Place, silence: number, report: Report): Promise<void> {
  if (!(await checkAnswer(place, report))) return;
  if (!(await checkYWebsocket(place, report))) return;
  await checkHocuspocus(place, report);
  await checkForeignOrigin(place, report);
  await checkUploadSize(place, report);
  if (silence > 0) await checkSilence(place, silence, report);
}
