import type { ReactNode } from 'react';

// Icons for rows and columns, drawn on lucide's grid of 24: the row or column in question, and what happens to it.

type Change = 'add' | 'remove';

/** A row with a plus above or below it, or struck out with a cross. */
export function RowIcon({ change, before = false }: { change: Change; before?: boolean }) {
  return (
    <Drawing>
      <g transform={before ? 'matrix(1 0 0 -1 0 24)' : undefined}>
        <rect x="3" y="4" width="18" height="7" rx="1.5" />
        <path d="M12 4v7" />
        <Sign change={change} />
      </g>
    </Drawing>
  );
}

/** The same for a column: the drawing of a row, turned. */
export function ColumnIcon({ change, before = false }: { change: Change; before?: boolean }) {
  return (
    <Drawing>
      <g transform={before ? 'matrix(0 1 -1 0 24 0)' : 'matrix(0 1 1 0 0 0)'}>
        <rect x="3" y="4" width="18" height="7" rx="1.5" />
        <path d="M12 4v7" />
        <Sign change={change} />
      </g>
    </Drawing>
  );
}

function Sign({ change }: { change: Change }) {
  return change === 'add' ? <path d="M12 14.5v6M9 17.5h6" /> : <path d="m9.6 15.2 4.8 4.8M14.4 15.2l-4.8 4.8" />;
}

function Drawing({ children }: { children: ReactNode }) {
  return (
    <svg
      width="17"
      height="17"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}
