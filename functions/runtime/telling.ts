import { PublicationRefused } from '../ports/notifier/port.ts';
import { lastDeliveryToTell } from './redeliveries.ts';
import type { LogFields, Telemetry } from './telemetry.ts';

/** A message of which subscribers are told. */
export interface ToTell {
  fields: LogFields;
  /** How often it was delivered, this time included. */
  deliveries: number;
}

/**
 * Settles what could not be published, in the log and as a count. What the API refused for its content is done: it
 * would be refused again. What it could not take for now is left for the message's next delivery, until the last that
 * is worth it.
 * @returns those to deliver again
 */
export const leftToTell = <Item extends ToTell>(
  unpublished: Map<Item, Error>,
  telemetry: Telemetry,
): Map<Item, Error> =>
  new Map(
    [...unpublished].filter(([{ fields, deliveries }, error]) => {
      const refused = error instanceof PublicationRefused;
      if (!refused && deliveries < lastDeliveryToTell) return true;
      telemetry.count('NotificationsNotSent');
      telemetry.error(refused ? 'Subscribers were not told all: the API refuses it' : 'Subscribers were not told', {
        ...fields,
        deliveries,
        error,
      });
      return false;
    }),
  );

/** A message that the invocation had no time to begin is given back, and nothing is wrong with it. */
export const notBegun = (messageId: string, fields: LogFields, telemetry: Telemetry): void => {
  telemetry.count('MessagesNotBegun');
  telemetry.info('There was no time left to begin: given back', { messageId, ...fields });
};
