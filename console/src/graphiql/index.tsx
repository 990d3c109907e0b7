/** GraphiQL as one page of the console, loaded when it is opened. */
import 'graphiql/setup-workers/vite';
import { useEffect } from 'react';
import { useConsole } from '../session/context.ts';
import { App } from './page.tsx';
import { createFetcher } from './fetcher.ts';
import { Live } from './live.ts';
import { Story } from './story.ts';
import { createSubscribe } from './subscribe.ts';
import './style.css';

type Parts = Pick<Parameters<typeof App>[0], 'live' | 'story' | 'fetcher'>;
/** Kept while the page lives: subscriptions and messages outlive a visit to another page. */
let parts: Parts | undefined;

export default function GraphiqlPage() {
  const { config, sessions, notices, client } = useConsole();
  parts ??= (() => {
    const live = new Live();
    const story = new Story();
    const fetcher = createFetcher({
      url: config.GraphQLUrl,
      token: () => sessions.token(),
      live,
      subscribe: createSubscribe(client, (state) => live.setConnection(state)),
      onResult: (result, sentAt) => story.learn(result, sentAt),
      onProblem: notices.show,
    });
    return { live, story, fetcher };
  })();
  useEffect(() => {
    document.documentElement.classList.add('graphiql-shown');
    document.title = 'GraphiQL · User management';
    return () => document.documentElement.classList.remove('graphiql-shown');
  }, []);
  return (
    <div className="graphiql-page">
      <App {...{ config, sessions, notices, ...parts }} />
    </div>
  );
}
