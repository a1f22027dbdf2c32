import { assetFile } from '../../files.ts';

/** A font of whiteboards. Its address has the version in it, and is kept for good. */
export async function GET(
  _request: Request,
  { params }: { params: Promise<{ version: string; file: string[] }> },
): Promise<Response> {
  const bytes = await assetFile((await params).file.join('/'));
  if (bytes === undefined) return new Response('There is no such file.', { status: 404 });
  return new Response(bytes, {
    headers: {
      'content-type': 'font/woff2',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    },
  });
}
