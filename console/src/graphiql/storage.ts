/**
 * Where GraphiQL keeps its state. Its own keeping writes tabs, operation and variables at different moments, so that a
 * page left quickly (for a log-in) comes back with tabs mixed up. Here the three are one entry, written at each change,
 * for this browser tab alone; everything else (theme, sizes, history) is kept as GraphiQL does.
 */
import type { Storage as GraphiqlStorage } from '@graphiql/toolkit';

interface Tabs {
  tabs: { query: string | null; variables?: string | null }[];
  activeTabIndex: number;
}

const tabsKey = 'graphiql:tabState';

/** Which part of the active tab GraphiQL asks for by another name. */
const parts: Record<string, 'query' | 'variables'> = { 'graphiql:query': 'query', 'graphiql:variables': 'variables' };

/** Proportions that leave room for variables, and for the operation beside the story. */
const defaults: Record<string, string> = { 'graphiql:secondaryEditorFlex': '1.2', 'graphiql:docExplorerFlex': '0.3' };

export const storage: GraphiqlStorage = {
  getItem(key) {
    const saved = sessionStorage.getItem(tabsKey);
    if (key === tabsKey) return saved;
    const part = parts[key];
    if (!part) return localStorage.getItem(key) ?? defaults[key] ?? null;
    const { tabs, activeTabIndex } = JSON.parse(saved ?? '{"tabs":[],"activeTabIndex":0}') as Tabs;
    return tabs[activeTabIndex]?.[part] ?? null;
  },
  setItem(key, value) {
    if (key !== tabsKey && !(key in parts)) localStorage.setItem(key, value);
  },
  removeItem: (key) => localStorage.removeItem(key),
  clear() {
    localStorage.clear();
    sessionStorage.removeItem(tabsKey);
  },
  get length() {
    return localStorage.length;
  },
};

/** GraphiQL's `onTabChange`. Responses are not kept: they may be large, and say nothing of now. */
export function saveTabs(state: Tabs): void {
  sessionStorage.setItem(
    tabsKey,
    JSON.stringify(state, (key, value: unknown) => (key === 'response' || key === 'headers' ? null : value)),
  );
}
