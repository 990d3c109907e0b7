/** The ready-made operations, as a plugin in GraphiQL's side bar. */
import { useGraphiQLActions } from '@graphiql/react';
import type { GraphiQLPlugin } from '@graphiql/react';
import { useState } from 'react';
import type { KeyboardEvent } from 'react';
import { useOpenInTab } from './openInTab.ts';
import type { Sessions } from '../session/session.ts';
import { allChapters } from './steps.ts';
import type { Step } from './steps.ts';
import type { Story } from './story.ts';

/** A step's variables as the editor shows them; empty if it has none. */
export function variablesOf(step: Step, story: Story, sessions: Sessions): string {
  const ownId = (sessions.current?.sub ?? 'log in first').replace(/^auth0\|(?=[^|]+$)/, '');
  return step.variables ? JSON.stringify(step.variables(story, ownId, sessions.current?.email), null, 2) : '';
}

export function createStoryPlugin(story: Story, sessions: Sessions): GraphiQLPlugin {
  return { title: 'Story', icon: BookIcon, content: () => <StoryPanel story={story} sessions={sessions} /> };
}

function StoryPanel({ story, sessions }: { story: Story; sessions: Sessions }) {
  const open = useOpenInTab();
  const { run } = useGraphiQLActions();
  const [opened, setOpened] = useState<Step | null>(null);

  /** As in the editor, so that a step chosen by keyboard need not be left to be run. */
  function runOnCtrlEnter(event: KeyboardEvent, step: Step) {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || step !== opened) return;
    event.preventDefault();
    run();
  }

  return (
    <nav className="story" aria-label="Story">
      <h2>Story</h2>
      <p>Every operation, in an order that makes sense. Choose one, then run it (Ctrl-Enter).</p>
      {allChapters.map(({ title, steps }) => (
        <section key={title}>
          <h3>{title}</h3>
          <ol aria-label={title}>
            {steps.map((step) => (
              <li key={step.query}>
                <button
                  aria-current={step === opened ? 'step' : undefined}
                  onKeyDown={(event) => runOnCtrlEnter(event, step)}
                  onClick={() => {
                    setOpened(step);
                    open(step.query, variablesOf(step, story, sessions));
                  }}
                >
                  {step.title}
                  {step.hint && <small>{step.hint}</small>}
                </button>
              </li>
            ))}
          </ol>
        </section>
      ))}
      <button className="restart" onClick={() => (story.restart(), setOpened(null))}>
        Start over with new ids
      </button>
    </nav>
  );
}

function BookIcon() {
  return (
    <svg
      viewBox="0 0 24 24"
      width="24"
      height="24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinejoin="round"
    >
      <path d="M12 6C9 4 6 4 3 4v14c3 0 6 0 9 2 3-2 6-2 9-2V4c-3 0-6 0-9 2zm0 0v14" />
    </svg>
  );
}
