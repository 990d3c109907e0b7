import type { BrowserContext, Page } from 'playwright-core';

export interface GraphqlResult {
  data?: Record<string, any> | null;
  errors?: { errorType?: string; message: string }[];
}

/** The page as a person uses it: by its buttons and texts. */
export class GraphiqlPage {
  readonly page: Page;
  /** Errors of the page itself: uncaught ones, and what its security policy stopped. */
  readonly faults: string[] = [];
  /**
   * Addresses that were asked for outside of the graphiql's origin, the issuers' log-in pages and the API among them if
   * they are elsewhere.
   */
  readonly strangers: string[] = [];
  /** Bytes of each file loaded, as sent. */
  readonly sizes = new Map<string, number>();
  readonly #api: string;
  #token = '';

  private constructor(page: Page, url: string, api: string) {
    this.page = page;
    this.#api = api;
    page.on('pageerror', (error) => this.faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        this.faults.push(message.text());
    });
    page.on('response', (response) =>
      this.sizes.set(response.url(), Number(response.headers()['content-length'] ?? 0)),
    );
    page.on('request', (request) => {
      if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url())) this.strangers.push(request.url());
      this.#token = request.headers()['authorization'] ?? this.#token;
    });
  }

  /** @param api the GraphQL endpoint that the page talks to */
  static async open(context: BrowserContext, url: string, api: string): Promise<GraphiqlPage> {
    const opened = new GraphiqlPage(await context.newPage(), url, api);
    await opened.page.goto(`${url}#/graphiql`);
    await opened.page.getByRole('heading', { name: 'User management' }).waitFor();
    return opened;
  }

  async logIn(application: 'admin' | 'user', sub: string): Promise<void> {
    await this.page.getByRole('button', { name: `Log in as ${application}` }).click();
    await this.page.getByLabel('User id').fill(sub);
    await this.page.getByRole('button', { name: 'Log in', exact: true }).click();
    await this.page.getByText(`Logged in: ${sub}, ${application} application`).waitFor();
  }

  /** Logs out, and comes back to the editor from the page that says so. */
  async logOut(): Promise<void> {
    await this.page.getByRole('button', { name: 'Log out' }).click();
    await this.page.getByText('Not logged in').waitFor();
    await this.page.getByRole('link', { name: 'GraphiQL' }).click();
  }

  /** Opens a step of the story in its tab. */
  async openStep(title: string): Promise<void> {
    await this.step(title).click();
  }

  /** Runs what is in the tab shown; resolves to the API's answer. */
  async run(): Promise<GraphqlResult> {
    return this.answerTo(() => this.#runButton().click());
  }

  /** What the API answers to the request that an action makes the page send. */
  async answerTo(action: () => Promise<void>): Promise<GraphqlResult> {
    const answered = this.page.waitForResponse(
      (response) => response.url() === this.#api && response.request().method() === 'POST',
    );
    await action();
    return (await answered).json() as Promise<GraphqlResult>;
  }

  async runStep(title: string): Promise<GraphqlResult> {
    await this.openStep(title);
    return this.run();
  }

  async subscribe(title: string): Promise<void> {
    await this.openStep(title);
    await this.#runButton().click();
    await this.response().getByText('is listening').waitFor();
    await this.page.getByRole('region', { name: 'Live' }).getByText('Connected', { exact: true }).waitFor();
  }

  /** The live messages that have a text in their summary. */
  messages(text: string) {
    return this.page.getByRole('log').locator('summary').filter({ hasText: text });
  }

  response() {
    return this.page.locator('.graphiql-response');
  }

  step(title: string) {
    return this.page.locator('.story').getByRole('button', { name: new RegExp(`^${title.replace(/[?.*]/g, '\\$&')}`) });
  }

  /** The outcome of a command of whoever is logged in. */
  async outcome(commandId: string): Promise<Record<string, any>> {
    const query = 'query ($commandId: ID!) { command(commandId: $commandId) { status code version aggregateId } }';
    for (
      const deadline = Date.now() + 40_000;
      Date.now() < deadline;
      await new Promise((resolve) => setTimeout(resolve, 100))
    ) {
      const response = await fetch(this.#api, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: this.#token },
        body: JSON.stringify({ query, variables: { commandId } }),
      });
      const { data, errors } = (await response.json()) as GraphqlResult;
      if (errors) throw new Error(JSON.stringify(errors));
      if (data?.['command']) return data['command'] as Record<string, any>;
    }
    throw new Error(`No outcome of ${commandId}`);
  }

  #runButton() {
    return this.page.getByRole('button', { name: /^Execute query/ });
  }
}
