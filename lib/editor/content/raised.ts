import Subscript from '@tiptap/extension-subscript';
import Superscript from '@tiptap/extension-superscript';

// Letters below and above the line, as in H₂O and x².
// Invariant: a letter is one of the two at most. Each excludes itself too, so that both have plain names in the shared text (binding/marks.ts).

const EITHER = 'subscript superscript';

export const Lowered = Subscript.extend({ excludes: EITHER });

export const Raised = Superscript.extend({ excludes: EITHER });
