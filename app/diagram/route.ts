import { framePage, POLICY } from './files.ts';

export const dynamic = 'force-dynamic';

/** The frame that draws diagrams. It is shown from what the browser keeps, and looked for anew meanwhile, so that it works offline too. */
export async function GET(): Promise<Response> {
  return new Response(await framePage(), {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'max-age=0, stale-while-revalidate=31536000',
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
    },
  });
}
