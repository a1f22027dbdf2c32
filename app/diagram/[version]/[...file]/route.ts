import { frameFile } from '../../files.ts';

/** A script of the frame that draws diagrams. The frame has an origin of its own: to it, these are from elsewhere. */
export async function GET(
  _request: Request,
  { params }: { params: Promise<{ version: string; file: string[] }> },
): Promise<Response> {
  const script = await frameFile((await params).file.join('/'));
  if (script === undefined) return new Response('There is no such file.', { status: 404 });
  return new Response(script, {
    headers: {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    },
  });
}
