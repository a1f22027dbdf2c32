import { decodeClientFrame, encodeClientFrame } from '../../lib/protocol/hocuspocus.ts';
import type { ClientMessage } from '../../lib/protocol/messages.ts';
import type { Person } from './browser.ts';

// A person whom an application has let in with a token. The page itself has none: it is given to whatever the browser sends.

/** From now on. Resolves with what the person's page has sent since, as it grows. */
export async function showToken({ page }: Person, token: string): Promise<readonly ClientMessage[]> {
  const sent: ClientMessage[] = [];
  await page.setExtraHTTPHeaders({ Authorization: `Bearer ${token}` });
  await page.routeWebSocket(/\/sync/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((frame) => {
      if (typeof frame === 'string') return server.send(frame);
      const { key, message } = decodeClientFrame(frame);
      if (key === undefined || typeof message === 'string') return server.send(frame);
      sent.push(message);
      const shown = message.type === 'auth' ? encodeClientFrame(key, { ...message, token }) : frame;
      server.send(Buffer.from(shown));
    });
  });
  return sent;
}
