import type { Schema } from '@tiptap/pm/model';
import type { NodeJson } from '../../convert/document-json.ts';

/** Without the nodes and marks that the schema lacks: an application that embeds the editor may have fewer. Their contents stay. */
export function fitToSchema(json: NodeJson, schema: Schema): NodeJson {
  const content = json.content?.flatMap((child) => {
    const fitted = fitToSchema(child, schema);
    return schema.nodes[child.type] ? [fitted] : (fitted.content ?? []);
  });
  const marks = json.marks?.filter(({ type }) => schema.marks[type]);
  return { ...json, ...(content ? { content } : {}), ...(marks ? { marks } : {}) };
}
