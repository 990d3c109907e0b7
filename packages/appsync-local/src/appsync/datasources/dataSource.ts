/** What all data sources have in common. */

/** Who calls: a unit resolver or a pipeline function. */
export interface CallSite {
  /** Tokens for paging are good for one owner only. */
  owner: string;
  /** Of BatchInvoke; absent when the owner has none. */
  maxBatchSize?: number;
}

export interface DataSourceOutcome {
  /** `ctx.result`. */
  result: unknown;
  /** `ctx.error`; the response handler runs all the same. */
  error?: { message: string; type: string };
  /** Set when nothing comes back, so that the response handler is not run. */
  skipResponse?: true;
}

export interface DataSource {
  /** Rejects with RequestObjectError when the request is not one that the data source takes. */
  call(request: unknown, site: CallSite): Promise<DataSourceOutcome>;
  stop?(): void;
}
