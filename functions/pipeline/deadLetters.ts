import { matches } from '../../domain/kernel/values/attributes.ts';
import { uuidPattern } from '../../domain/kernel/values/ids.ts';
import { momentText } from '../../domain/kernel/values/moment.ts';
import { aggregateNames, operations } from '../../domain/operations.ts';
import type { DeadLetter } from '../../generated/schema.ts';
import { apiNameOf } from '../api.ts';
import { failureQueue } from '../mediator/unsendable.ts';
import type { DeadLetters, Letter } from '../ports/deadLetters/port.ts';
import type { Reason, Reasons } from '../ports/reasons/port.ts';
import { type Properties, propertiesOf } from '../runtime/properties.ts';

export interface DeadLetterPorts {
  deadLetters: DeadLetters;
  reasons: Reasons;
}

/** Where the messages of a queue end that cannot be handled. */
export const deadLetterQueueOf = (queue: string): string => (queue === failureQueue ? queue : `${queue}Dlq`);

/**
 * Some of a queue's dead letters, the oldest first, as far as an operator may see them: ids and names, and no value of
 * an attribute.
 */
export const readDeadLetters = async (
  queue: string,
  most: number,
  { deadLetters, reasons }: DeadLetterPorts,
): Promise<DeadLetter[]> => {
  const letters = await deadLetters.sample(deadLetterQueueOf(queue), most);
  const known = await reasons.find(letters.map(({ messageId }) => messageId));
  const byMessage = new Map(known.map((reason) => [reason.messageId, reason]));
  return letters
    .sort((one, other) => one.sentAt - other.sentAt)
    .map((letter) => shown(letter, byMessage.get(letter.messageId)));
};

const shown = ({ messageId, body, sentAt, receives }: Letter, known: Reason | undefined): DeadLetter => {
  const said = saidOf(body);
  return {
    messageId,
    sentAt: momentText(sentAt),
    receives,
    failedAt: known ? momentText(known.failedAt) : null,
    reason: known?.reason ?? said.reason,
    commandId: said.commandId,
    operation: said.operation,
    aggregate: said.aggregate,
    aggregateId: said.aggregateId,
    recoveryId: said.recoveryId,
  };
};

type Said = Pick<DeadLetter, 'commandId' | 'operation' | 'aggregate' | 'aggregateId' | 'recoveryId' | 'reason'>;

/** What a body says of itself, as far as it is what it claims to be: it may be anything, and hold anything. */
const saidOf = (body: string): Said => {
  const message = objectIn(body);
  // A command says it itself, a message of an event does of the event; the mediator names an item, Lambda a stretch of
  // the stream.
  const about = { ...message, ...propertiesOf(message['event']) };
  const [streamAggregate, ...id] = textOf(propertiesOf(propertiesOf(message['keys'])['streamId'])['S']).split('#');
  const aggregate = aggregateNames.find((name) => name === (about['aggregate'] ?? streamAggregate));
  const operation = textOf(about['operation']);
  return {
    commandId: uuidOf(about['commandId']),
    operation: Object.hasOwn(operations, operation) ? operation : null,
    aggregate: aggregate ? apiNameOf(aggregate) : null,
    aggregateId: (aggregate && (textOf(about['aggregateId']) || id.join('#')).slice(0, longestId)) || null,
    recoveryId: uuidOf(about['recoveryId']),
    reason: textOf(message['reason']) || textOf(propertiesOf(message['requestContext'])['condition']) || null,
  };
};

const longestId = 255;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const uuidOf = (value: unknown): string | null => (matches(uuidPattern, textOf(value)) ? textOf(value) : null);

const objectIn = (body: string): Properties => {
  try {
    return propertiesOf(JSON.parse(body));
  } catch {
    return {};
  }
};
