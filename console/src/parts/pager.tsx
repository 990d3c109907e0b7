/** One page after the other, where nobody counts the whole. */
import { Button, Group, Text } from '@mantine/core';

interface PagerProps {
  /** Of what, for screen readers. */
  of: string;
  /** From 0. */
  page: number;
  /** How many there are, as far as that is known. */
  pages?: number;
  /** Whether another one follows. */
  more: boolean;
  busy?: boolean;
  onPage: (page: number) => void;
}

export function Pager({ of, page, pages, more, busy = false, onPage }: PagerProps) {
  if (page === 0 && !more) return null;
  return (
    <Group component="nav" aria-label={`Pages of ${of}`} gap="xs">
      <Button size="xs" variant="default" disabled={page === 0 || busy} onClick={() => onPage(page - 1)}>
        Previous page
      </Button>
      <Text size="sm" role="status">
        Page {page + 1}
        {pages !== undefined && ` of ${pages}`}
      </Text>
      <Button size="xs" variant="default" disabled={!more} loading={busy} onClick={() => onPage(page + 1)}>
        Next page
      </Button>
    </Group>
  );
}
