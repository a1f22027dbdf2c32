'use client';

import { Toolbar as Radix } from 'radix-ui';
import type { ComponentProps } from 'react';
import { IconButton } from '../../ui/icon-button.tsx';

/** A button that the arrow keys reach. */
export function ToolbarButton(props: ComponentProps<typeof IconButton>) {
  return (
    <Radix.Button asChild>
      <IconButton {...props} />
    </Radix.Button>
  );
}
