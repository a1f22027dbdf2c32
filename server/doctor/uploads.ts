import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { join } from 'node:path';
import { UPLOAD_BYTES, UPLOADS_PATH } from '../../lib/protocol/upload.ts';
import { UPLOADS_FOLDER } from '../uploads/files.ts';
import { good, type Report, wrong } from './finding.ts';
import { originOf, type Place } from './place.ts';

// Whether pictures get to the server, and can be put on its disk. Nothing is uploaded.

const SIZE = `${UPLOAD_BYTES / 1024 ** 2} MiB`;

/** Announces the largest upload, and goes before it has sent any: a proxy that takes only smaller bodies says so at once. */
export async function checkUploadSize(place: Place, report: Report): Promise<void> {
  const status = await announce(place);
  report(
    status === 413
      ? wrong(
          `Something on the way lets no body of ${SIZE} through: large pictures cannot be uploaded.`,
          `Raise the bound of the proxy: nginx: client_max_body_size ${UPLOAD_BYTES / 1024 ** 2}m.`,
        )
      : good(`Pictures of up to ${SIZE} are let through.`),
  );
}

/** The status that answers it; 100 when the body is asked for, 0 without an answer. */
function announce(place: Place): Promise<number> {
  const url = new URL(`${place.base}${UPLOADS_PATH}?document=${encodeURIComponent(place.document)}`);
  const headers = { 'Content-Length': UPLOAD_BYTES, Expect: '100-continue', Origin: originOf(place) };
  const options = { method: 'POST', headers, agent: false, rejectUnauthorized: false }; // has been judged with the first request
  return new Promise((resolve) => {
    const request = url.protocol === 'https:' ? secureRequest(url, options) : plainRequest(url, options);
    const done = (status: number) => {
      clearTimeout(deadline);
      resolve(status);
      request.destroy();
    };
    const deadline = setTimeout(() => done(0), place.patience); // one that collects the whole body first says nothing until then
    request.once('continue', () => done(100));
    request.once('response', ({ statusCode = 0 }) => done(statusCode));
    request.on('error', () => done(0)); // also when it is destroyed
    request.flushHeaders();
  });
}

/** The folder that a server has made in its data directory: another user may have put it there, by a copy or a restore. */
export async function checkUploadFolder(directory: string, report: Report): Promise<void> {
  const folder = join(directory, UPLOADS_FOLDER);
  try {
    for (const name of ['.', ...(await readdir(folder))])
      await access(join(folder, name), constants.R_OK | constants.W_OK | constants.X_OK);
    report(good('Pictures can be put on the disk.'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return; // the first start makes it
    report(
      wrong(
        `This user may not write to all of ${folder}: pictures cannot be uploaded.`,
        `Give it to the user that the server runs as: chown -R inkroom ${folder}.`,
      ),
    );
  }
}
