/** What every page has at hand: who is logged in, and a client in that person's name. */
import { createContext, useContext, useSyncExternalStore } from 'react';
import { type Client, createClient } from 'user-management-client';
import type { ConsoleConfig } from '../../outputs.ts';
import type { Notices } from './notices.ts';
import type { Session, Sessions } from './session.ts';

export interface Console {
  config: ConsoleConfig;
  sessions: Sessions;
  notices: Notices;
  /** In the name of whoever is logged in now; another one after each change of person. */
  client(): Client;
}

const Context = createContext<Console | null>(null);
export const ConsoleProvider = Context.Provider;

export const useConsole = (): Console => useContext(Context)!;
export const useClient = (): Client => useConsole().client();
export const useSession = (): Session | null => {
  const { sessions } = useConsole();
  return useSyncExternalStore(sessions.subscribe, () => sessions.current);
};

/** Gives a client for whoever is logged in. What followed something by the one before ends with its page or its effect. */
export const clientOf = (config: ConsoleConfig, sessions: Sessions): (() => Client) => {
  let person = '';
  let client: Client | undefined;
  const create = () =>
    createClient({
      url: config.GraphQLUrl,
      realtimeUrl: config.RealtimeUrl,
      token: async ({ refused }) => (await sessions.token(refused)) ?? refused ?? 'nobody is logged in',
    });
  return () => {
    const now = sessions.current ? `${sessions.current.application} ${sessions.current.sub}` : '';
    if (client && now === person) return client;
    person = now;
    return (client = create());
  };
};
