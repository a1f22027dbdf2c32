import { describe, expect, it } from 'vitest';
import { serveConfig } from '../../server/config.ts';

describe('the configuration', () => {
  it('has defaults, takes the environment, and lets flags win', () => {
    expect(serveConfig([], {})).toEqual({
      host: '127.0.0.1',
      port: 3000,
      data: './data',
      page: undefined,
      logLevel: 'info',
    });
    expect(serveConfig([], { PORT: '8080', INKROOM_DATA: '/srv/ink' })).toMatchObject({ port: 8080, data: '/srv/ink' });
    expect(serveConfig(['--port', '0', '--data', 'x'], { PORT: '8080', INKROOM_DATA: '/srv/ink' })).toMatchObject({
      port: 0,
      data: 'x',
    });
  });

  it.each([
    [['--port', 'many'], /port/],
    [['--port', '70000'], /port/],
    [['--host', '0.0.0.0'], /No tokens/],
    [['--host', '192.0.2.1'], /No tokens/],
    [['--log-level', 'loud'], /log level/],
    [['--page', 'nowhere'], /--page/],
    [['--colour', 'red'], /--colour/],
  ])('says what is wrong with %j', (args, message) => {
    expect(() => serveConfig(args, {})).toThrow(
      expect.objectContaining({ name: 'ConfigError', message: expect.stringMatching(message) }),
    );
  });
});
