import type { Caller } from './aggregate.ts';

interface Options<Name extends string> {
  /** `user`: by the user application, on the caller's own aggregate. */
  caller?: Caller;
  /** The attributes that the input may carry; all if left out. */
  attributes?: readonly Name[];
}

/** Begins a life. */
export const create = <const Name extends string = never>(options: Options<Name> = {}) => ({
  action: 'create' as const,
  input: {},
  ...options,
});

/** Changes what the input names, and nothing else. */
export const update = <const Name extends string = never>(options: Options<Name> = {}) => ({
  action: 'update' as const,
  input: {},
  ...options,
});

/** Destroys all that is known of a person. */
export const erase = ({ caller }: Pick<Options<never>, 'caller'> = {}) => ({
  action: 'erase' as const,
  input: {},
  ...(caller && { caller }),
});

/** For admins: `createUser`, `updateUser`, `deleteUser`, `restoreUser`. */
export const crud = {
  create: create(),
  update: update(),
  delete: { action: 'delete' as const, input: {} },
  /** Brings back the state before the deletion. */
  restore: { action: 'restore' as const, input: {} },
};
