import { UPLOAD_REFUSALS, type UploadRefusal } from '../../lib/protocol/upload.ts';

/** Why an upload is not taken. Nothing of it is kept. */
export class UploadRefused extends Error {
  readonly code: UploadRefusal;

  constructor(code: UploadRefusal, options?: { cause?: unknown }) {
    super(UPLOAD_REFUSALS[code].text, options);
    this.name = 'UploadRefused';
    this.code = code;
  }
}
