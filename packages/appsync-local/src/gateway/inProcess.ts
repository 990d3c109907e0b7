import type { RoleCalls } from '../model.ts';
import type { Gateway } from './gateway.ts';
import { roleCalls } from './roleCalls.ts';

/**
 * The way to the gateway for the parts of the stack that run beside it: a call is handed over as it is, without a
 * socket and unsigned, as they cannot be anybody else. Everything behind is as for a call over HTTP: policies, hooks,
 * engines. Throws if the role is none of the stack's.
 */
export function inProcess(gateway: Gateway, roleArn: string): RoleCalls {
  return roleCalls(gateway.as(roleArn));
}
