/** One box of the pipeline's picture, and the way from it to the next. */
import { Card, Text } from '@mantine/core';
import type { ReactNode } from 'react';

export interface StageProps {
  title: string;
  /** The large number, and what it counts. */
  count: number;
  of: string;
  children?: ReactNode;
  /** The number as it was before, the latest last. */
  past: readonly number[];
  /** Something is on its way from here; of the last stage, there is no way. */
  moves?: boolean;
  trouble?: boolean;
}

export function Stage({ title, count, of, children, past, moves, trouble = false }: StageProps) {
  return (
    <li className="stage">
      <Card withBorder padding="sm" className={trouble ? 'trouble' : undefined}>
        <Text fw={600} size="sm">
          {title}
        </Text>
        <Text fz={28} fw={700} lh={1.2}>
          {count}
        </Text>
        <Text size="xs" c="dimmed">
          {of}
        </Text>
        <Past of={past} />
        <Text size="xs" component="div">
          {children}
        </Text>
      </Card>
      {moves !== undefined && <div className="way" data-moves={moves} aria-hidden />}
    </li>
  );
}

const width = 120;
const height = 24;

/** How a number went. */
function Past({ of }: { of: readonly number[] }) {
  const most = Math.max(1, ...of);
  const points = of.map((value, index) => {
    const x = width - (of.length - 1 - index) * (width / 59);
    return `${x.toFixed(1)},${(height - 1 - (value / most) * (height - 2)).toFixed(1)}`;
  });
  return (
    <svg className="past" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden>
      <polyline points={points.join(' ')} />
    </svg>
  );
}
