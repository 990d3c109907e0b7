/** Opening ready-made operations in GraphiQL's tabs. */
import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';

/**
 * Gives a function that opens an operation in the tab that has it already, in the one shown if that is empty, or else
 * in a new one.
 */
export function useOpenInTab(): (query: string, variables: string) => void {
  const { addTab, changeTab, updateActiveTabValues } = useGraphiQLActions();
  const { tabs, activeTabIndex, queryEditor, variableEditor, responseEditor } = useGraphiQL(
    pick('tabs', 'activeTabIndex', 'queryEditor', 'variableEditor', 'responseEditor'),
  );
  return (query, variables) => {
    const name = operationName(query);
    const known = tabs.findIndex((tab) => operationName(tab.query ?? '') === name);
    if (known >= 0 && known !== activeTabIndex) changeTab(known);
    else if (known < 0 && queryEditor?.getValue().trim()) addTab();
    queryEditor?.setValue(query);
    variableEditor?.setValue(variables);
    responseEditor?.setValue('');
    updateActiveTabValues({ query, variables, response: '', operationName: name });
  };
}

function operationName(query: string): string | null {
  return /^\s*(?:query|mutation|subscription)\s+(\w+)/m.exec(query)?.[1] ?? null;
}
