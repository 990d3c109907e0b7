import * as z from 'zod/mini';
import { failureQueue } from '../mediator/unsendable.ts';
import { Failure } from '../runtime/failure.ts';
import { type DeadLetterPorts, readDeadLetters } from './deadLetters.ts';
import { type PipelinePorts, readPipeline, workQueues } from './pipeline.ts';
import { redrive, type RedrivePorts } from './redrive.ts';

export type AnswerPorts = PipelinePorts & DeadLetterPorts & RedrivePorts;

/** What the API's resolver asks: a root field and its arguments. */
const question = z.object({
  field: z.string(),
  queue: z.optional(z.string()),
  limit: z.optional(z.number()),
});

/** What it gets: a result, or the argument that is wrong. */
export type Answer = { result: unknown } | { invalid: { field: string; rule: string } };

const wrong = (rule: string): Answer => ({ invalid: { field: 'queue', rule } });

/** Answers an operator. @throws when the question is not one of those it answers */
export const answer = async (asked: unknown, ports: AnswerPorts): Promise<Answer> => {
  const { field, queue = '', limit = 25 } = question.parse(asked);
  if (field === 'pipeline') return { result: await readPipeline(ports) };
  if (![...workQueues, failureQueue].includes(queue))
    return wrong('must be the name of a queue, as `pipeline` gives it');
  if (field === 'deadLetters') return { result: await readDeadLetters(queue, limit, ports) };
  if (field !== 'redrive') throw new Failure(`The pipeline function does not answer ${field}`);
  if (queue === failureQueue) return wrong('has nowhere to go back to: its messages name items of the event store');
  return { result: await redrive(queue, ports) };
};
