/** GraphiQL, with who is logged in above, the story beside it, and live messages below. */
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import '@graphiql/react/font/fira-code.css';
import '@graphiql/react/style.css';
import 'graphiql/graphiql.css';
import type { Fetcher } from '@graphiql/toolkit';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { buildSchema } from 'graphql';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import appsync from '../../../infra/api/graphql/appsync.graphql?raw';
import api from '../../../schema.graphql?raw';
import type { ConsoleConfig } from '../../outputs.ts';
import { EditorSetup } from './editorSetup.tsx';
import { Header } from './header.tsx';
import { LivePanel } from './livePanel.tsx';
import type { Live } from './live.ts';
import { useScheme } from '../parts/scheme.tsx';
import type { Notices } from '../session/notices.ts';
import type { Sessions } from '../session/session.ts';
import { saveTabs, storage } from './storage.ts';
import { allChapters } from './steps.ts';
import { createStoryPlugin, variablesOf } from './storyPanel.tsx';
import type { Story } from './story.ts';

export interface AppProps {
  config: ConsoleConfig;
  sessions: Sessions;
  live: Live;
  story: Story;
  notices: Notices;
  fetcher: Fetcher;
}

/** The schema comes with the page, so that its documentation can be read before log-in. */
const schema = buildSchema(`${appsync}\n${api}`);

export function App({ config, sessions, live, story, notices, fetcher }: AppProps) {
  const notice = useSyncExternalStore(notices.subscribe, () => notices.text);
  const session = useSyncExternalStore(sessions.subscribe, () => sessions.current);
  const scheme = useScheme();
  const person = session && `${session.application} ${session.sub}`;
  const storyPlugin = useMemo(() => createStoryPlugin(story, sessions), [story, sessions]);
  const firstStep = () => {
    const step = allChapters[0]!.steps[0]!;
    return { query: step.query, variables: variablesOf(step, story, sessions) };
  };

  useEffect(() => () => live.endAll('Ended: somebody else is logged in now. Run it again.'), [person, live]);

  return (
    <>
      <Header config={config} sessions={sessions} onProblem={notices.show} />
      <div role="alert">
        {notice && (
          <p className="notice">
            {notice} <button onClick={() => notices.show(null)}>Dismiss</button>
          </p>
        )}
      </div>
      <main>
        <GraphiQL
          fetcher={fetcher}
          forcedTheme={scheme}
          schema={schema}
          storage={storage}
          onTabChange={saveTabs}
          plugins={[storyPlugin, HISTORY_PLUGIN]}
          visiblePlugin={storyPlugin}
          defaultQuery=""
          defaultEditorToolsVisibility="variables"
          isHeadersEditorEnabled={false}
          showPersistHeadersSettings={false}
        >
          <GraphiQL.Logo> </GraphiQL.Logo>
          <EditorSetup first={firstStep} />
        </GraphiQL>
      </main>
      <LivePanel live={live} />
    </>
  );
}
