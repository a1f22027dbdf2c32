// The sites of which pages may be shown inside a document: the one table, from which the page's policy is made too.
// Invariant: the address of a frame is put together here, from an id that matched; nothing else of what a document says gets into it.

export interface EmbedSite {
  readonly name: string;
  /** Where the frame comes from. */
  readonly frame: `https://${string}`;
  readonly hosts: readonly string[];
  readonly shape: 'video' | 'page';
  /** The frame's path and query; undefined when this page of the site cannot be shown. */
  readonly path: (url: URL) => string | undefined;
}

export const EMBED_SITES: readonly EmbedSite[] = [
  {
    name: 'YouTube',
    frame: 'https://www.youtube-nocookie.com', // the same videos, with no cookie before one plays
    hosts: ['www.youtube.com', 'youtube.com', 'm.youtube.com', 'youtu.be', 'www.youtube-nocookie.com'],
    shape: 'video',
    path: ({ hostname, pathname, searchParams }) => {
      const found = hostname === 'youtu.be' ? match(pathname, /^\/([\w-]{11})$/) : youtubeId(pathname, searchParams);
      const start = secondsOf(searchParams.get('t') ?? searchParams.get('start'));
      return found && `/embed/${found}${start ? `?start=${start}` : ''}`;
    },
  },
  {
    name: 'Vimeo',
    frame: 'https://player.vimeo.com',
    hosts: ['vimeo.com', 'www.vimeo.com', 'player.vimeo.com'],
    shape: 'video',
    path: ({ pathname, searchParams }) => {
      const [, id, hash = searchParams.get('h')] =
        /^\/(?:video\/)?(\d{6,12})(?:\/([\da-f]{6,16}))?$/.exec(pathname) ?? [];
      return id && `/video/${id}?dnt=1${hash && /^[\da-f]{6,16}$/.test(hash) ? `&h=${hash}` : ''}`;
    },
  },
  {
    name: 'Loom',
    frame: 'https://www.loom.com',
    hosts: ['www.loom.com', 'loom.com'],
    shape: 'video',
    path: ({ pathname }) => prefixed('/embed/', match(pathname, /^\/(?:share|embed)\/([\da-f]{32})$/)),
  },
  {
    name: 'Figma',
    frame: 'https://embed.figma.com',
    hosts: ['www.figma.com', 'figma.com', 'embed.figma.com'],
    shape: 'page',
    path: ({ pathname, searchParams }) => {
      const [, kind, key] = /^\/(file|design|proto|board|slides)\/([\dA-Za-z]{16,40})(?:\/|$)/.exec(pathname) ?? [];
      const node = searchParams.get('node-id');
      const place = node && /^[\d:-]{1,40}$/.test(node) ? `&node-id=${node.replaceAll(':', '-')}` : '';
      return kind && key && `/${kind === 'file' ? 'design' : kind}/${key}?embed-host=inkroom${place}`;
    },
  },
  {
    name: 'CodePen',
    frame: 'https://codepen.io',
    hosts: ['codepen.io'],
    shape: 'page',
    path: ({ pathname }) => {
      const [, user, id] = /^\/([\w-]{1,60})\/(?:pen|embed|full|details)\/([\dA-Za-z]{4,40})\/?$/.exec(pathname) ?? [];
      return user && id && `/${user}/embed/${id}?default-tab=result`;
    },
  },
];

/** What the page's policy must let frames come from. */
export const FRAME_ORIGINS: readonly string[] = EMBED_SITES.map(({ frame }) => frame);

/** The site, and the address of the frame, for the address of a page; undefined when it is of no site in the table. */
export function embedOf(address: string): { site: EmbedSite; frame: string } | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (!/^https?:$/.test(url.protocol) || url.port !== '' || url.username !== '' || url.password !== '')
    return undefined;
  const site = EMBED_SITES.find(({ hosts }) => hosts.includes(url.hostname));
  const path = site?.path(url);
  return site && path ? { site, frame: site.frame + path } : undefined;
}

function youtubeId(pathname: string, searchParams: URLSearchParams): string | undefined {
  if (pathname === '/watch') return match(searchParams.get('v') ?? '', /^([\w-]{11})$/);
  return match(pathname, /^\/(?:embed|shorts|live)\/([\w-]{11})$/);
}

/** `90`, `90s` and `1h2m3s`. */
function secondsOf(time: string | null): number {
  const [, hours = 0, minutes = 0, seconds = 0] =
    /^(?:(\d{1,2})h)?(?:(\d{1,3})m)?(?:(\d{1,6})s?)?$/.exec(time ?? '') ?? [];
  return Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
}

function match(text: string, pattern: RegExp): string | undefined {
  return pattern.exec(text)?.[1];
}

function prefixed(prefix: string, id: string | undefined): string | undefined {
  return id && prefix + id;
}
