import { createHash } from 'node:crypto';

/**
 * The engine refuses characters beyond U+FFFF in a message, which SQS takes. It is given each of them as three characters that
 * it takes: a mark, and one for each half of the pair, as short in UTF-8 as can be (seven bytes in place of four). What SQS
 * refuses too, single halves among it, stays as it is, for the engine to refuse.
 */
const MARK = '\ue000';
const FIRST = 0x100;

const half = (unit: number): string => String.fromCharCode(FIRST + (unit & 0x3ff));

/** A body as the engine takes it. */
export const engineText = (body: string): string =>
  body.replace(
    /\ue000|[\ud800-\udbff][\udc00-\udfff]/g,
    (found) => MARK + (found === MARK ? MARK : half(found.charCodeAt(0)) + half(found.charCodeAt(1))),
  );

/** The body that the engine was given in that form. */
export const messageText = (text: string): string =>
  text.replace(/\ue000(?:\ue000|([\u0100-\u04ff])([\u0100-\u04ff]))/g, (_, high?: string, low?: string) =>
    high === undefined || low === undefined
      ? MARK
      : String.fromCharCode(0xd800 + high.charCodeAt(0) - FIRST, 0xdc00 + low.charCodeAt(0) - FIRST),
  );

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

type Body = Record<string, unknown>;
type Entry = { Id: string; MessageBody: string };

const translated = (body: unknown): unknown => (typeof body === 'string' ? engineText(body) : body);

/** A request whose messages the engine takes. */
export function requestForEngine(operation: string, input: Body): Body {
  if (operation === 'SendMessage') return { ...input, MessageBody: translated(input['MessageBody']) };
  if (operation !== 'SendMessageBatch' || !Array.isArray(input['Entries'])) return input;
  return {
    ...input,
    Entries: (input['Entries'] as Entry[]).map((entry) => ({ ...entry, MessageBody: translated(entry.MessageBody) })),
  };
}

/** The engine's answer to such a request, with the messages, and the checksums of them, that the caller knows. */
export function answerOfEngine(operation: string, input: Body, answer: string): string {
  if (operation === 'ReceiveMessage') return answer.includes(MARK) ? received(answer) : answer;
  if (operation !== 'SendMessage' && operation !== 'SendMessageBatch') return answer;
  const sent = JSON.parse(answer) as {
    MD5OfMessageBody?: string;
    Successful?: { Id: string; MD5OfMessageBody: string }[];
  };
  if (sent.MD5OfMessageBody !== undefined) sent.MD5OfMessageBody = md5(String(input['MessageBody']));
  for (const success of sent.Successful ?? []) {
    const entry = (input['Entries'] as Entry[]).find(({ Id }) => Id === success.Id);
    if (entry) success.MD5OfMessageBody = md5(entry.MessageBody);
  }
  return JSON.stringify(sent);
}

function received(answer: string): string {
  const body = JSON.parse(answer) as { Messages?: { Body: string; MD5OfBody: string }[] };
  for (const message of body.Messages ?? []) {
    message.Body = messageText(message.Body);
    message.MD5OfBody = md5(message.Body);
  }
  return JSON.stringify(body);
}
