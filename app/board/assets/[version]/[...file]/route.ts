import { assetFile, POLICY } from '../../files.ts';

/** A font of whiteboards, or the worker for fonts. The address has the version in it, and is kept for good. */
export async function GET(
  _request: Request,
  { params }: { params: Promise<{ version: string; file: string[] }> },
): Promise<Response> {
  const file = await assetFile((await params).file.join('/'));
  if (file === undefined) return new Response('There is no such file.', { status: 404 });
  return new Response(file.bytes, {
    headers: {
      'content-type': file.type,
      'cache-control': 'public, max-age=31536000, immutable',
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
    },
  });
}
