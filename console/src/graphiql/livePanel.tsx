/** Shows the running subscriptions and their messages. */
import { useSyncExternalStore } from 'react';
import type { Live, LiveMessage, LiveSubscription } from './live.ts';

export function LivePanel({ live }: { live: Live }) {
  const { connection, subscriptions, messages } = useSyncExternalStore(live.subscribe, () => live.state);
  return (
    <section className="live" aria-labelledby="live-title">
      <div className="live-bar">
        <h2 id="live-title">Live</h2>
        <span role="status">
          {subscriptions.length === 0 ? 'No subscription yet: run one, then change something.' : connection}
        </span>
        {messages.length > 0 && <button onClick={() => live.clearMessages()}>Clear messages</button>}
      </div>
      {subscriptions.length > 0 && (
        <div className="live-body">
          <ul aria-label="Subscriptions">
            {subscriptions.map((subscription) => (
              <Subscription
                key={subscription.id}
                subscription={subscription}
                onStop={() => live.stop(subscription.id)}
              />
            ))}
          </ul>
          <div role="log" aria-label="Messages, the latest first" tabIndex={0}>
            {messages.length === 0 && <p className="quiet">No message yet.</p>}
            {messages.map((message) => (
              <Message key={message.id} message={message} />
            ))}
          </div>
        </div>
      )}
    </section>
  );
}

function Subscription({ subscription, onStop }: { subscription: LiveSubscription; onStop: () => void }) {
  const { name, variables, state, problem } = subscription;
  const action = state === 'ended' ? 'Remove' : 'Stop';
  return (
    <li className={state}>
      <strong>{name}</strong> {variables !== '{}' && <code>{variables}</code>} {problem && <em>{problem}</em>}
      <button onClick={onStop} aria-label={`${action} ${name}`}>
        {action}
      </button>
    </li>
  );
}

function Message({ message }: { message: LiveMessage }) {
  return (
    <details>
      <summary>
        <time dateTime={message.time.toISOString()}>{message.time.toLocaleTimeString()}</time>{' '}
        <strong>{message.subscription}</strong> {message.summary}
      </summary>
      <pre>{message.json}</pre>
    </details>
  );
}
