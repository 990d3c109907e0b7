import { Button } from '@mantine/core';
import { useState } from 'react';
import type { LiveList, Row } from 'user-management-client';
import { Problem } from './states.tsx';

/** The next page of a list that grows at its end. */
export function LoadMore<RowOf extends Row>({ of }: { of: LiveList<RowOf> | null }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const load = async () => {
    setBusy(true);
    setError(null);
    await of?.more().catch(setError);
    setBusy(false);
  };
  return (
    <>
      <Button variant="default" size="xs" loading={busy} onClick={() => void load()}>
        Load more
      </Button>
      <Problem error={error} />
    </>
  );
}
