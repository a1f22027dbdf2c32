import { isOrderKey } from './order-key.ts';
import * as read from './readers.ts';

// The types of element that are shown, and what is stored of each: the table that decides what may leave shared data.
// Invariant: what is not in it is never shown and never written, whoever asks. Elements that carry foreign pages or generated HTML (iframe,
// embeddable, magicframe, customData) are not in it.

export interface Property {
  readonly read: read.Read;
  /** What holds where nothing valid is stored, and is therefore not stored. Undefined: without it there is no element. */
  readonly standard: unknown;
}

type Table = Readonly<Record<string, Property>>;

const COMMON: Table = {
  position: { read: read.pair(read.coordinate), standard: undefined },
  index: { read: (value) => (isOrderKey(value) ? value : undefined), standard: null },
  seed: { read: read.integer(0, 2 ** 31), standard: 1 },
  angle: { read: read.number(-100, 100), standard: 0 },
  strokeColor: { read: read.color, standard: '#1e1e1e' },
  backgroundColor: { read: read.color, standard: 'transparent' },
  fillStyle: { read: read.oneOf('hachure', 'cross-hatch', 'solid', 'zigzag'), standard: 'solid' },
  strokeWidth: { read: read.number(0, 100), standard: 2 },
  strokeStyle: { read: read.oneOf('solid', 'dashed', 'dotted'), standard: 'solid' },
  roughness: { read: read.number(0, 10), standard: 1 },
  opacity: { read: read.number(0, 100), standard: 100 },
  roundness: {
    read: read.nullOr(read.object({ type: read.oneOf(1, 2, 3) }, { value: read.coordinate })),
    standard: null,
  },
  groupIds: { read: read.groupIds, standard: [] },
  frameId: { read: read.nullOr(read.id), standard: null },
  link: { read: read.nullOr(read.link), standard: null },
  locked: { read: read.boolean, standard: false },
};

const SIZED: Table = { ...COMMON, size: { read: read.pair(read.coordinate), standard: undefined } };

/** Their size is that of their points. */
const LINE: Table = {
  ...COMMON,
  points: { read: read.points, standard: undefined },
};

const ARROWHEADS = [
  'arrow',
  'bar',
  'dot',
  'circle',
  'circle_outline',
  'triangle',
  'triangle_outline',
  'diamond',
  'diamond_outline',
  'crowfoot_one',
  'crowfoot_many',
  'crowfoot_one_or_many',
];
const ARROWHEAD: Property = { read: read.nullOr(read.oneOf(...ARROWHEADS)), standard: null };
const BINDING: Property = { read: read.nullOr(read.binding), standard: null };
const SPECIAL: Property = { read: read.nullOr(read.boolean), standard: null };

const LINEAR: Table = {
  ...LINE,
  startBinding: BINDING,
  endBinding: BINDING,
  startArrowhead: ARROWHEAD,
  endArrowhead: ARROWHEAD,
};

const TYPES: Readonly<Record<string, Table>> = {
  rectangle: SIZED,
  diamond: SIZED,
  ellipse: SIZED,
  line: LINEAR,
  arrow: {
    ...LINEAR,
    elbowed: { read: read.boolean, standard: false },
    fixedSegments: { read: read.nullOr(read.fixedSegments), standard: null },
    startIsSpecial: SPECIAL,
    endIsSpecial: SPECIAL,
  },
  freedraw: {
    ...LINE,
    pressures: { read: read.pressures, standard: [] },
    simulatePressure: { read: read.boolean, standard: true },
  },
  text: {
    ...SIZED,
    originalText: { read: read.text(read.MAX_TEXT), standard: undefined },
    /** As it is wrapped; null when that is the same. */
    text: { read: read.nullOr(read.text(2 * read.MAX_TEXT)), standard: null },
    fontSize: { read: read.number(0.1, 10_000), standard: 20 },
    fontFamily: { read: read.integer(1, 9), standard: 5 },
    textAlign: { read: read.oneOf('left', 'center', 'right'), standard: 'left' },
    verticalAlign: { read: read.oneOf('top', 'middle', 'bottom'), standard: 'top' },
    containerId: { read: read.nullOr(read.id), standard: null },
    autoResize: { read: read.boolean, standard: true },
    lineHeight: { read: read.number(0.1, 10), standard: 1.25 },
  },
  image: {
    ...SIZED,
    fileId: { read: read.nullOr(read.fileId), standard: null },
    scale: { read: read.pair(read.number(-1, 1)), standard: [1, 1] },
    crop: { read: read.nullOr(read.crop), standard: null },
  },
  frame: { ...SIZED, name: { read: read.nullOr(read.text(200)), standard: null } },
};

/** What is read of each element, thousands of times when a board opens: its table, prepared. */
export interface Type {
  readonly table: ReadonlyMap<string, Property>;
  /** Keys without which there is no element. */
  readonly required: readonly string[];
  /**
   * All usual values, to be copied by `{ ...standards }`. The copy has room for each key; an object that gets more than a dozen keys one by one
   * becomes a hash table in V8, each look into which is several times slower.
   */
  readonly standards: Readonly<Record<string, unknown>>;
}

const PREPARED: ReadonlyMap<unknown, Type> = new Map(
  Object.entries(TYPES).map(([type, table]) => {
    const properties = Object.entries(table);
    const standards = Object.fromEntries([['type', type], ...properties.map(([key, { standard }]) => [key, standard])]);
    const required = properties.filter(([, { standard }]) => standard === undefined).map(([key]) => key);
    return [type, { table: new Map(properties), required, standards }];
  }),
);

/** Undefined for what is no type that may be shown. */
export function typeOf(type: unknown): Type | undefined {
  return PREPARED.get(type);
}
