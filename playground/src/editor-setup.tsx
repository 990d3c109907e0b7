/** What GraphiQL has no property for. Shows nothing. */
import { pick, useGraphiQL } from '@graphiql/react';
import { useEffect } from 'react';
import { useOpenInTab } from './open-in-tab.ts';

const LAYOUT = { wordWrap: 'on', wrappingIndent: 'indent', fontSize: 13 } as const;

/** Wraps long lines, names the editors for screen readers, puts an operation into the first tab of a first visit, and keeps the tab shown in sight. */
export function EditorSetup({ first }: { first: () => { query: string; variables: string } }) {
  const open = useOpenInTab();
  const { tabs, activeTabIndex, queryEditor, variableEditor, responseEditor } = useGraphiQL(
    pick('tabs', 'activeTabIndex', 'queryEditor', 'variableEditor', 'responseEditor'),
  );
  useEffect(() => {
    queryEditor?.updateOptions({ ...LAYOUT, ariaLabel: 'Operation' });
    variableEditor?.updateOptions({ ...LAYOUT, ariaLabel: 'Variables' });
    responseEditor?.updateOptions({ ...LAYOUT, ariaLabel: 'Response' });
    if (!queryEditor || !variableEditor || tabs.some((tab) => tab.query)) return;
    const { query, variables } = first();
    open(query, variables);
    // Once, when the editors are there.
  }, [queryEditor, variableEditor, responseEditor]);
  useEffect(() => {
    document.querySelector('[role=tab][aria-selected=true]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [activeTabIndex, tabs.length]);
  return null;
}
