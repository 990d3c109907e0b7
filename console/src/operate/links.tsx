/** Where something that stands in a table is shown whole. */
import { Anchor } from '@mantine/core';
import type { Event } from 'user-management-client';
import { Link } from 'wouter';
import { addressOfTimeLine, kindOf } from '../aggregates/kinds.ts';
import { toSegment } from '../parts/address.ts';
import { shortId } from '../parts/words.ts';

interface TimeLineLinkProps {
  aggregate: Event['aggregate'];
  id: string;
  /** What it is called, where that is known. */
  name?: string | null;
}

export const TimeLineLink = ({ aggregate, id, name }: TimeLineLinkProps) => (
  <Anchor
    component={Link}
    className={name ? undefined : 'id'}
    size="sm"
    href={addressOfTimeLine(kindOf(aggregate), id)}
    title={`Time line of ${id}`}
  >
    {name ? <bdi>{name}</bdi> : shortId(id)}
  </Anchor>
);

interface JourneyLinkProps {
  commandId: string;
  /** Who sent it, where that is known. */
  actor?: string;
}

export const addressOfJourney = (commandId: string, actor = ''): string =>
  `/commands/${toSegment(commandId)}${actor && `/${toSegment(actor)}`}`;

export const JourneyLink = ({ commandId, actor }: JourneyLinkProps) => (
  <Anchor
    component={Link}
    className="id"
    href={addressOfJourney(commandId, actor)}
    title={`Journey of command ${commandId}`}
  >
    {shortId(commandId)}
  </Anchor>
);
