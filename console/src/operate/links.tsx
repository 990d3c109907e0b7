/** Where something that stands in a table is shown whole. */
import { Anchor } from '@mantine/core';
import type { Event } from 'user-management-client';
import { Link } from 'wouter';
import { addressOfTimeLine, kindOf } from '../aggregates/kinds.ts';
import { shortId } from '../parts/words.ts';

export const TimeLineLink = ({ aggregate, id }: { aggregate: Event['aggregate']; id: string }) => (
  <Anchor component={Link} className="id" href={addressOfTimeLine(kindOf(aggregate), id)} title={`Time line of ${id}`}>
    {shortId(id)}
  </Anchor>
);

export const JourneyLink = ({ commandId }: { commandId: string }) => (
  <Anchor component={Link} className="id" href={`/commands/${commandId}`} title={`Journey of command ${commandId}`}>
    {shortId(commandId)}
  </Anchor>
);
