/** What a page is about: its heading, and the name of the browser's tab, of a bookmark and of a place in the history. */
import { Title } from '@mantine/core';
import { useEffect } from 'react';

const application = 'User management';

export function PageTitle({ children }: { children: string }) {
  useEffect(() => {
    document.title = `${children} · ${application}`;
    return () => {
      document.title = application;
    };
  }, [children]);
  return (
    <Title order={2} style={{ overflowWrap: 'anywhere' }} dir="auto">
      {children}
    </Title>
  );
}
