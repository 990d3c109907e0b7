import type { Surroundings } from './naming.ts';

const served = ['sqs', 'dynamodb', 'kms'];

/**
 * The address at which this machine serves what the template reaches at AWS's own endpoint: the gateway's, for an SQS,
 * DynamoDB or KMS address, whatever path follows. Other addresses stay as they are.
 */
export function localAddress(address: string, { region, gatewayUrl }: Surroundings): string {
  const origin = served
    .map((service) => `https://${service}.${region}.amazonaws.com`)
    .find((one) => address === one || address.startsWith(`${one}/`));
  return origin === undefined ? address : gatewayUrl + address.slice(origin.length);
}

/** The same for each value, e.g. of environment variables: queue URLs and their prefixes. */
export function localAddresses(values: Record<string, string>, surroundings: Surroundings): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, localAddress(value, surroundings)]));
}
