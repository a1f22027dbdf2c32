import { UPLOAD_BYTES, UPLOAD_PIXELS } from '../lib/protocol/upload.ts';

// Every bound of the server in one table, with its unit and its reason. docs/OPERATING.md lists them.

const KiB = 1024;
const MiB = 1024 * KiB;

export const LIMITS = {
  /** Connections that wait to be accepted. Of a thousand that return at once, Node's 511 leave the others to try again after 1 and 3 seconds. */
  backlog: 4_096,
  /** Bytes of one inbound frame. A pasted book fits; checking this much stays well under a frame of a film. */
  frameBytes: 8 * MiB,
  /** Bytes of text in an update that are checked in one turn of the event loop: some 5 ms. What takes longer takes several, and others get theirs in between. */
  checkBytes: 512 * KiB,
  /** Fragments of one message. A browser sends a large one in dozens; 1-byte fragments cost a thousand times their weight. */
  fragments: 1_024,
  /** Pieces in which one frame may arrive from the network: twice as many as 8 MiB have in a modem's packets. */
  pieces: 16 * 1024,
  /** Milliseconds of one turn of the event loop after which each connection is read to the end of one frame more, and waits. */
  turnMs: 10,
  /** Frames of one connection after which nothing more of it is read before the others had their turn: some 4 ms. */
  framesPerTurn: 1_000,
  /** Bytes of large frames and fragments of one connection after which nothing more of it is read before the others had their turn. A read from the network brings 64 KiB, and Node reads 2 MiB in a turn. */
  largeBytesPerTurn: 256 * KiB,
  /** Bytes of small frames that `ws` is given at a time, and reads to the end: 700 of the smallest. A read from the network brings 64 KiB. */
  pieceBytes: 4 * KiB,
  /** Frames of one connection of which the last, if others follow in the same turn, has their answers gathered into one write, 10 us each else. */
  framesPerWrite: 16,
  /** Frames a second that one connection is read, or all connections of one user: who writes faster waits. Typing and moving are 25. */
  framesPerSecond: 2_000,
  /** Frames that it is read at once, for that: pasting, and what was written offline, key by key. */
  framesAtOnce: 20_000,
  /** Bytes of a frame that cost as much as one more frame: so 4 MiB a second, and 40 MiB at once. */
  frameCostBytes: 2 * KiB,
  /** Documents a second that one connection may open, or show a token for: leaving one and opening the next costs us more than them. */
  entriesPerSecond: 20,
  /** Documents, for that, at once: four times what a connection may have open. */
  entriesAtOnce: 1_024,
  /** Frames that showing a token, or opening a document, costs of a budget that several connections share. Checking one takes some 60 us. */
  entryFrames: 10,
  /** Connections in all. An idle one takes 20 KiB. The option --max-connections says otherwise. */
  connections: 20_000,
  /** Connections from one address: an office of a thousand people with four tabs each. The option --max-connections-per-address says otherwise. */
  connectionsPerAddress: 4_000,
  /** Sockets beyond those of connections, for requests, in all and of one address: that office with the six of each browser. */
  requestSockets: 6_000,
  /** New connections a second from one address. A handshake takes 0.3 ms. */
  upgradesPerSecond: 100,
  /** New connections, for that, at once: the office comes back after a restart. */
  upgradesAtOnce: 4_000,
  /** Connections from one address that may be closed for what no client says, a second: beyond, new ones have to wait. Each costs some 3 ms. */
  violationsPerSecond: 1,
  /** The same, at once: a hall of people who try out clients of their own. */
  violationsAtOnce: 50,
  /** Milliseconds for which an address waits at most, as long as it goes on: others may sit behind the same. */
  violationPauseMs: 30_000,
  /** Milliseconds for the handshake of TLS, and for the headers of a request: a slow line takes one. */
  headersMs: 10_000,
  /** Lines of one kind that are logged at once: enough to see what goes on. */
  logLinesAtOnce: 100,
  /** Lines of one kind a second, after that: a flood of one kind is some 20 MB a day. The others are counted. */
  logLinesPerSecond: 1,
  /** Milliseconds after which the count of those is logged. */
  logCountMs: 10_000,
  /** Bytes of a JSON body. Requests of the API are names and titles. */
  bodyBytes: 64 * KiB,
  /** Milliseconds for such a body to arrive: ten times what a slow line takes for the largest. */
  bodyMs: 15_000,
  /** Milliseconds for which the peer of an HTTP answer may take nothing of what waits for it: a train in a long tunnel. */
  untakenMs: 120_000,
  /** Bytes of one piece of such an answer: over TLS it is only seen of whole pieces that they are taken. The slowest line takes 2 s. */
  answerPieceBytes: 256 * KiB,
  /** Requests a second to the API from one address. */
  requestsPerSecond: 50,
  /** Requests, for that, at once: the office opens its list of documents. */
  requestsAtOnce: 1_000,
  /** Times that one session is sent the document without waiting. It is sent from shared bytes, but it may be large. */
  answersAtOnce: 5,
  /** Times a second, after that. */
  answersPerSecond: 1,
  /** Bytes kept for one session that has not shown its token yet. Typing for a minute fits. */
  heldBytes: 64 * KiB,
  /** Bytes kept for one session that has, while its document is being opened: what was written offline may be among them. */
  heldGrantedBytes: 16 * MiB,
  /** Milliseconds for a token to arrive. */
  authMs: 5_000,
  /** Bytes of one token. One that names a hundred documents takes 8 KiB; what a URL or a header holds ends there too. */
  tokenBytes: 16 * KiB,
  /** Milliseconds after its issue at which a token ends, whatever it says itself: what was withdrawn must be remembered that long. */
  tokenAgeMs: 24 * 60 * 60_000,
  /** Entries of one token, and documents in one entry. */
  tokenEntries: 1_000,
  /** Characters of a user's id or name. */
  userLength: 200,
  /** Milliseconds before the end of a grant at which its client is asked for a new token: time for the application to be asked, twice. */
  renewMs: 10_000,
  /** Changes of grants that are remembered at a time, some 100 bytes each: each is looked at when somebody joins. */
  grantChanges: 10_000,
  /** Documents on one connection. */
  documentsPerConnection: 256,
  /** Bytes of one person's presence. A caret, a selection, a name and a colour take 300. */
  presenceBytes: 4 * KiB,
  /** Ids that one message of presence may speak of: y-websocket clients repeat all whom they hear of. Each takes a microsecond to read. */
  presenceIds: 4_096,
  /** Bytes of one message of presence: what thousands of people show takes less, and is read within a frame of a film. */
  presenceMessageBytes: 2 * MiB,
  /** Ids of people who left that one room remembers: clients repeat what they have heard, for as long as a message is on its way. */
  presenceLeft: 1_000,
  /** Milliseconds between two sendings of one person's presence: 30 a second, more than a screen's reader can follow. */
  presenceRestMs: 33,
  /** Milliseconds between two sendings of presence in one room, when much moves: a position that is told every 50 ms is never older than 60. */
  presenceWindowMs: 8,
  /** Microseconds of that window for each person there, when there are more: ten times what a sending costs, so a tenth of a core at most. */
  presencePersonUs: 100,
  /** Milliseconds of that window, however many there are. */
  presenceWindowMostMs: 50,
  /**
   * Milliseconds that a room rests after it has sent edits, for each reader: sending takes some 10 us each, so a crowd that types takes a
   * tenth of a core. A hundred readers see an edit 10 ms later at the worst; few never wait.
   */
  restPerReaderMs: 0.1,
  /** Bytes that may wait for one socket, beyond the document it joined, before presence is left out. Twice what is small enough to be no queue. */
  queuedPresenceBytes: 128 * KiB,
  /**
   * Bytes that may wait for one socket, beyond the document it joined, before nothing more is queued for it: then it gets what it missed from
   * the log when it has taken all. No single frame is larger. Beyond twice as much its own frames are not read either.
   */
  queuedBytes: 8 * MiB,
  /** Bytes per millisecond that the slowest line takes: the silence of a connection for which much waits is borne as long as that takes. */
  slowBytesPerMs: 128,
  /** Times that one session is asked to send what the server lacks before it is closed. */
  resyncs: 3,
  /** Updates in the log of one document before it is merged into a snapshot: a join sends them one by one. */
  tailUpdates: 2_000,
  /** Bytes in the log of one document before it is merged into a snapshot. */
  tailBytes: 512 * KiB,
  /** Bytes of documents that are handed to sockets in one turn of the event loop, if not to one alone: half a millisecond. Others get theirs in between. */
  turnBytes: 1 * MiB,
  /** As how many of these bytes it counts to open a socket, to check a token, or to let somebody in: some tenths of a millisecond in a server that was just started. */
  entryBytes: 128 * KiB,
  /** Bytes of a document from which on a returning client is sent only what it lacks: below, sending all is cheaper than computing. */
  diffBytes: 64 * KiB,
  /**
   * Clocks that a difference may hold beyond what one of those lacks who share it: some pages of text. A thousand clients that return at once
   * lack nearly the same, and one computation a client would take minutes.
   */
  diffSpareClocks: 16_384,
  /** Differences of one document computed at once; who asks meanwhile shares the next. */
  diffsAtOnce: 2,
  /** Differences of one document kept for those who come within `copyMs`. */
  diffsKept: 8,
  /** Milliseconds after which a job of a document thread is given up: fifty times what a merge of 20 MB takes, so only a bug gets there. */
  jobMs: 10 * 60_000,
  /** The same for what is made for a reader, who has gone by then. */
  readerMs: 15_000,
  /** Stored bytes of a document up to which it is opened for a reader: 20 MiB take a second. */
  contentBytes: 32 * MiB,
  /** Characters of a document's HTML. 100,000 words in plain paragraphs have 0.7 million. */
  contentLength: 16 * MiB,
  /** Characters of the picture of one board. Five thousand shapes have 3 million; the rest is for the photographs on it. */
  pictureLength: 8 * MiB,
  /** Bytes of an upload that is put into the picture of a board. Excalidraw makes photographs 1,440 pixels wide, which take a half of that. */
  pictureUploadBytes: 1 * MiB,
  /** Characters of the picture of one board within the HTML of its document, which a browser reads before its first line is shown. */
  contentPictureLength: 512 * KiB,
  /** The same for all boards of a document together: those that come then are links. */
  contentPicturesLength: 2 * MiB,
  /** Bytes of read documents that are kept for the next reader, all together. */
  contentsBytes: 64 * MiB,
  /** Documents that are opened for readers, or wait for it, at a time; who comes then is asked to come again. */
  contentsAtOnce: 32,
  /** Documents named as speaking of another one. */
  backlinks: 100,
  /** Documents that are opened to find them, for one request: what is left is done by the next. */
  backlinkReads: 50,
  /** Documents, the last changed, that are looked through: 10 ms of the log. */
  backlinkDocuments: 10_000,
  /** Uploads a second that one address may be given: a file each, which its browser keeps. */
  fetchesPerSecond: 500,
  /** Uploads, for that, at once: the office opens a document of twenty pictures. */
  fetchesAtOnce: 20_000,
  /** Bytes of one upload: a photograph of a good camera. */
  uploadBytes: UPLOAD_BYTES,
  /** Pixels of one upload, width by height: what a telephone takes, and four bytes for each where it is shown. */
  uploadPixels: UPLOAD_PIXELS,
  /** Bytes that uploads leave free on the disk, for edits: a text must not be lost for want of room because of a picture. */
  uploadSpareBytes: 64 * MiB,
  /** Uploads a minute that one user may begin; without tokens, one address. */
  uploadsPerMinute: 60,
  /** Uploads, for that, at once: a folder of pictures is dropped. */
  uploadsAtOnce: 100,
  /** Uploads that are under way at a time for one user or address: a browser has six connections to a server. */
  uploadsUnderWay: 8,
  /** The same for all together: each takes a file, and its bytes on the disk, before anybody knows what it is. */
  uploadsUnderWayInAll: 64,
  /** Milliseconds for an upload to arrive, beyond those for its bytes. */
  uploadMs: 15_000,
  /** Bytes per millisecond of the slowest line that an upload may take: a half of what a bad telephone sends. */
  uploadSlowBytesPerMs: 32,
  /** Uploads that one document may use. */
  uploadsPerDocument: 10_000,
  /** Bytes of all uploads that one document uses: a thousand photographs. */
  uploadDocumentBytes: 2_048 * MiB,
  /** Milliseconds between two rounds in which uploads are collected that no document uses. */
  uploadSweepMs: 60 * 60_000,
  /** Milliseconds for which a document uses an upload that it does not mention: a month for undo, and for who writes offline. */
  uploadAbsentMs: 30 * 24 * 60 * 60_000,
  /** Milliseconds for which stored bytes stay in memory for the next join. */
  copyMs: 5_000,
  /** Milliseconds for which a room stays open after its last member left: a reload or a dropped connection comes back within. */
  lingerMs: 5_000,
  /** A merge that took t is not followed by another of the same document before this many times t has passed, unless `tailMost` is reached. */
  mergeRest: 50,
  /** Times `tailUpdates` or `tailBytes` at which a log is merged whatever the last merge took. */
  tailMost: 10,
  /** Milliseconds between two looks for documents that nobody has open and whose logs are long: a hundred thousand documents take half a second of processor time. */
  leftoversMs: 10 * 60_000,
  /** Milliseconds before a merge that failed is tried again. */
  mergeRetryMs: 60_000,
  /** Milliseconds between two attempts to find out whether a full disk has room again. */
  probeMs: 1_000,
  /** Bytes that a disk must have room for before edits are taken again: less, and it would be full again at once. */
  probeBytes: 1 * MiB,
  /** The same, at most, when more was refused: one large paste must not keep everybody from writing on a disk that has room for the rest. */
  probeMostBytes: 4 * MiB,
  /** Milliseconds that stopping may take to put on disk what was accepted. The rest has one second more: a supervisor kills after 10 s or more. */
  drainMs: 8_000,
  /** Milliseconds, for each open connection, over which Inkroom's clients are asked to spread their return from a stopped server. */
  returnMs: 2,
  /** The same, at most. */
  returnMostMs: 20_000,
  /** Milliseconds between two rounds over all connections for keepalives and dead peers. */
  tickMs: 5_000,
  /** Milliseconds by which a round may be late: beyond, the server itself stood still, and its silence is not the peers'. */
  lateMs: 1_000,
  /** Milliseconds between two empty presence frames on a silent connection: y-websocket reconnects after 30 s of silence. */
  keepaliveMs: 20_000,
  /** Milliseconds of silence after which a connection is pinged. Stock clients say something every 15 s by themselves. */
  pingMs: 15_000,
  /** Milliseconds without any sign of life, pongs included, after which a connection is dropped: nobody is shown for longer who is not there. */
  silenceMs: 30_000,
} as const;

export type Limits = typeof LIMITS;
