/** How many messages of a queue wait, and how many are being worked on; both are SQS's own estimates. */
export interface QueueFacts {
  waiting: number;
  inFlight: number;
}

export interface QueueFactsReader {
  /** Of a queue by its logical name. */
  read(queue: string): Promise<QueueFacts>;
}
