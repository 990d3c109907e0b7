import { Fragment } from 'react';
import type { Field } from './fields.tsx';
import { useAll } from './hooks.ts';
import { shortId, valueText } from './words.ts';

/** The lists that references are found in, by the input of their field. */
const lists = { role: 'roles', group: 'groups', authorizations: 'authorizations' } as const;

interface FieldValueProps {
  /** Left out: nothing is known of it. */
  field: Field | undefined;
  value: unknown;
}

/** A field's value as a person reads it: for a reference, what it refers to is called. */
export function FieldValue({ field, value }: FieldValueProps) {
  const ids = (Array.isArray(value) ? value : [value]).filter((each): each is string => !!each);
  if (!field || !(field.input in lists) || ids.length === 0) return <bdi>{valueText(value)}</bdi>;
  return <Names of={lists[field.input as keyof typeof lists]} ids={ids} />;
}

function Names({ of, ids }: { of: (typeof lists)[keyof typeof lists]; ids: string[] }) {
  const names = new Map(useAll(of).map(({ id, name }) => [id, name]));
  return ids.map((id, index) => (
    <Fragment key={id}>
      {index > 0 && ', '}
      <bdi title={id}>{names.get(id) ?? shortId(id)}</bdi>
    </Fragment>
  ));
}
