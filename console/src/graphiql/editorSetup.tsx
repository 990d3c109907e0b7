/** What GraphiQL has no property for. Shows nothing. */
import { pick, useGraphiQL } from '@graphiql/react';
// @ts-expect-error The editor's own switch, which has no types; its option of the same name is not read.
import { TabFocus } from 'monaco-editor/esm/vs/editor/browser/config/tabFocus.js';
import { useEffect } from 'react';
import { useOpenInTab } from './openInTab.ts';

const layout = { wordWrap: 'on', wrappingIndent: 'indent', fontSize: 13 } as const;

// The Tab key leaves the editors: whoever has no mouse would be caught in them.
TabFocus.setTabFocusMode(true);

/**
 * Wraps long lines, names the editors and what holds them for screen readers, puts an operation into the first tab of a
 * first visit, and keeps the tab shown in sight.
 */
export function EditorSetup({ first }: { first: () => { query: string; variables: string } }) {
  const open = useOpenInTab();
  const { tabs, activeTabIndex, queryEditor, variableEditor, responseEditor } = useGraphiQL(
    pick('tabs', 'activeTabIndex', 'queryEditor', 'variableEditor', 'responseEditor'),
  );
  useEffect(() => {
    const editors = { Operation: queryEditor, Variables: variableEditor, Response: responseEditor };
    for (const [ariaLabel, editor] of Object.entries(editors)) editor?.updateOptions({ ...layout, ariaLabel });
    for (const editor of [queryEditor, variableEditor]) {
      // What the Tab key comes to; the Enter key leads into the editor.
      const holder = editor?.getContainerDomNode();
      holder?.setAttribute('role', 'group');
      holder?.setAttribute('aria-label', `${editor === queryEditor ? 'Operation' : 'Variables'}: Enter to edit`);
    }
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
