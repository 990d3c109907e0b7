/** Log-in by authorization code and PKCE, for the two applications side by side; one of them is in use at a time. */
import { ErrorResponse, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import type { User } from 'oidc-client-ts';
import type { ConsoleConfig } from '../../outputs.ts';

export type Application = 'admin' | 'user';

export interface Session {
  application: Application;
  /** The subject as in the token, e.g. `auth0|alice`. */
  sub: string;
  name?: string;
  /** As the issuer knows it; a suggestion for the form at first log-in. */
  email?: string;
}

const audienceKey = 'https://user-management/api';
const askedScope = 'openid profile email offline_access';
const inUse = 'application in use';
const loggingIn = 'application logging in';
const returnToKey = 'page to return to';

export class Sessions {
  /** Set after every change. */
  current: Session | null = null;
  readonly #config: ConsoleConfig;
  readonly #onProblem: (problem: string) => void;
  readonly #managers: Record<Application, UserManager>;
  readonly #listeners = new Set<() => void>();

  /** @param onProblem takes words for the person at the page, when a log-in fails or ends by itself */
  constructor(config: ConsoleConfig, onProblem: (problem: string) => void) {
    this.#config = config;
    this.#onProblem = onProblem;
    this.#managers = {
      admin: this.#createManager('admin', config.AdminIssuer, config.AdminClientId),
      user: this.#createManager('user', config.UserIssuer, config.UserClientId),
    };
  }

  /** Ends a log-in or log-out that the browser comes back from, and finds out who is logged in. */
  async start(): Promise<void> {
    const query = new URLSearchParams(location.search);
    const application = sessionStorage.getItem(loggingIn) as Application | null;
    if (query.has('state')) {
      // Back to where the person was. Not into the history: the addresses of a log-in lead nowhere.
      history.replaceState(null, '', `${location.pathname}${sessionStorage.getItem(returnToKey) ?? ''}`);
      if (application && (query.has('code') || query.has('error'))) await this.#finishLogin(application, query);
    }
    sessionStorage.removeItem(loggingIn);
    sessionStorage.removeItem(returnToKey);
    await this.#refresh();
  }

  /** Makes an application the one in use; sends the browser to its issuer if nobody is logged in there. */
  async use(application: Application): Promise<void> {
    const manager = this.#managers[application];
    const page = this.#pageFor(application);
    // A log-in that cannot be renewed is as good as none.
    if (!(await validUser(manager).catch(() => null))) {
      sessionStorage.setItem(loggingIn, application);
      sessionStorage.setItem(returnToKey, page);
      await manager.signinRedirect().catch((error: unknown) => {
        throw new Error(this.#unreachable(application, error));
      });
      return;
    }
    sessionStorage.setItem(inUse, application);
    location.hash = page;
    await this.#refresh();
  }

  /** Sends the browser to the issuer of the application in use, and back to where it is. */
  async logInAgain(): Promise<void> {
    if (!this.current) return;
    const { application } = this.current;
    await this.#managers[application].removeUser();
    await this.use(application).catch((error: unknown) => this.#onProblem(words(error)));
  }

  /** Logs the application in use out, here and at its issuer. */
  async logOut(): Promise<void> {
    if (!this.current) return;
    const { application } = this.current;
    const manager = this.#managers[application];
    const user = await manager.getUser();
    await manager.removeUser();
    // The next one begins at the beginning.
    location.hash = '';
    await this.#refresh();
    const { end_session_endpoint: endpoint } = await manager.metadataService.getMetadata();
    // By the session's id, not by the ID token as the standard has it: addresses are kept in histories and logs.
    const sid = user?.profile['sid'];
    if (endpoint)
      return manager.signoutRedirect({ extraQueryParams: typeof sid === 'string' ? { logout_hint: sid } : {} });
    // An Auth0 tenant that does not publish its log-out.
    const { authority, client_id } = manager.settings;
    location.assign(
      `${authority.replace(/\/$/, '')}/v2/logout?${new URLSearchParams({ client_id, returnTo: pageUrl() })}`,
    );
  }

  /**
   * The bare access token of the application in use, renewed if need be; null if nobody is logged in. Rejects, in words
   * for the person at the page, if it has expired and cannot be renewed.
   * @param refused a token that the API did not take, whatever is believed of it here
   */
  async token(refused?: string): Promise<string | null> {
    if (!this.current) return null;
    const { application } = this.current;
    const user = await validUser(this.#managers[application], refused).catch((error: unknown) => {
      throw new Error(this.#notRenewed(application, error));
    });
    return user?.access_token ?? null;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #createManager(application: Application, authority: string, clientId: string): UserManager {
    const manager = new UserManager({
      authority,
      client_id: clientId,
      redirect_uri: pageUrl(),
      post_logout_redirect_uri: pageUrl(),
      response_type: 'code',
      scope: askedScope,
      extraQueryParams: { audience: this.#config.Audience ?? audienceKey },
      // Gone with the browser tab, and not shared between tabs: two of them can be two people.
      userStore: new WebStorageStateStore({ store: sessionStorage }),
      automaticSilentRenew: true,
    });
    renewOnceAtATime(manager);
    manager.events.addSilentRenewError((error) => {
      if (this.current?.application === application) this.#onProblem(this.#notRenewed(application, error));
    });
    manager.events.addUserLoaded(() => void this.#refresh());
    manager.events.addUserUnloaded(() => void this.#refresh());
    return manager;
  }

  async #finishLogin(application: Application, query: URLSearchParams): Promise<void> {
    try {
      await this.#managers[application].signinCallback(`${pageUrl()}?${query}`);
      sessionStorage.setItem(inUse, application);
    } catch (error) {
      this.#onProblem(
        query.has('error')
          ? `The ${application} log-in was refused: ${words(error)}`
          : this.#unreachable(application, error),
      );
    }
  }

  async #refresh(): Promise<void> {
    const application = sessionStorage.getItem(inUse) as Application | null;
    const user = application && (await this.#managers[application].getUser());
    this.current =
      application && user
        ? { application, sub: user.profile.sub, name: user.profile.name, email: user.profile.email }
        : null;
    for (const listener of this.#listeners) listener();
  }

  /** Where to be afterwards: where one is, but in the other application, whose pages are others. GraphiQL is both's. */
  #pageFor(application: Application): string {
    const stays = !this.current || this.current.application === application || location.hash === '#/graphiql';
    return stays ? location.hash : '';
  }

  #notRenewed(application: Application, error: unknown): string {
    if (!(error instanceof ErrorResponse) && !(error instanceof NoRefreshToken))
      return this.#unreachable(application, error);
    return `The ${application} log-in has expired and cannot be renewed (${words(error)}). Log out and in again.`;
  }

  #unreachable(application: Application, error: unknown): string {
    const { authority } = this.#managers[application].settings;
    return `The ${application} application's issuer ${authority} does not answer as it should (${words(error)}). Is the stack running (npm start)? For a deployed stack: is the domain right, and is ${pageUrl()} among the application's allowed callback URLs and web origins?`;
  }
}

/**
 * Lets all who want a token renewed at the same time have the same renewal. Each gives a new refresh token for the old
 * one; an issuer that sees an old one again takes it for stolen, and ends the log-in.
 */
function renewOnceAtATime(manager: UserManager): void {
  const renew = manager.signinSilent.bind(manager);
  let renewing: Promise<User | null> | undefined;
  manager.signinSilent = (options) => (renewing ??= renew(options).finally(() => (renewing = undefined)));
}

class NoRefreshToken extends Error {
  override readonly message = 'the issuer gave no refresh token';
}

/**
 * The user with a token that is still good, by refresh if need be; null if nobody is logged in. Rejects if it cannot be
 * had.
 */
async function validUser(manager: UserManager, refused?: string): Promise<User | null> {
  const user = await manager.getUser();
  if (!user?.expired && !(user && refused === user.access_token)) return user;
  if (!user.refresh_token) throw new NoRefreshToken();
  return manager.signinSilent();
}

function pageUrl(): string {
  return `${location.origin}${location.pathname}`;
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
