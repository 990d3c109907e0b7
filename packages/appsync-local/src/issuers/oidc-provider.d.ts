/** What is used here of oidc-provider, which brings no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export interface Client {
    clientId: string;
    redirectUriAllowed(uri: string): boolean;
    postLogoutRedirectUriAllowed(uri: string): boolean;
    grantTypeAllowed(type: string): boolean;
  }

  export interface Grant {
    addOIDCScope(scope: string): void;
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }

  export interface Session {
    accountId?: string;
    grantIdFor(clientId: string): string | undefined;
    destroy(): Promise<void>;
  }

  export interface Interaction {
    prompt: { name: string };
    session?: { accountId?: string };
    params: Record<string, string | undefined>;
  }

  /** Koa's context with oidc-provider's own. */
  export interface Context {
    type: string;
    status: number;
    body: unknown;
    cookies: { set(name: string, value: string | null, options: Record<string, unknown>): void };
    redirect(url: string): void;
    set(headers: Record<string, string>): void;
    oidc: {
      provider: Provider;
      client?: Client;
      account?: { accountId: string };
      session: Session;
      params: Record<string, string | undefined>;
      urlFor(name: string): string;
    };
  }

  export default class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>);
    Client: { prototype: Client };
    Grant: {
      new (properties: { accountId: string; clientId: string }): Grant;
      find(id: string): Promise<Grant | undefined>;
    };
    callback(): (req: IncomingMessage, res: ServerResponse) => Promise<void>;
    cookieName(type: string): string;
    interactionDetails(req: IncomingMessage, res: ServerResponse): Promise<Interaction>;
    interactionFinished(
      req: IncomingMessage,
      res: ServerResponse,
      result:
        | { login: { accountId: string } }
        | { consent: Record<string, never> }
        | { error: string; error_description: string },
      options: { mergeWithLastSubmission: boolean },
    ): Promise<void>;
    on(event: 'server_error', listener: (context: Context, error: Error) => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
  }

  export interface Check {
    reason: string;
  }

  export const interactionPolicy: {
    base(): { get(name: string): { checks: { clear(): void; add(check: Check): void } } | undefined };
    Check: new (reason: string, description: string, error: string, check: (ctx: Context) => boolean) => Check;
  };

  export const errors: { InvalidTarget: new () => Error };
}

declare module 'oidc-provider/lib/helpers/als.js' {
  import type { AsyncLocalStorage } from 'node:async_hooks';

  const storage: AsyncLocalStorage<unknown>;
  export default storage;
}
