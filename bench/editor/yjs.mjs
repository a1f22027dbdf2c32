// The product's Yjs, by its path: bench/ may have a copy of its own, for the servers that it measures, and two copies in one process do not
// know each other's types. What runs here otherwise comes from the repository's own node_modules.

export * from '../../node_modules/yjs/dist/yjs.mjs';
