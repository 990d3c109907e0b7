/**
 * For the stack on this machine only; on AWS nothing of this is needed. aws-amplify always dials wss://, which a stack
 * without TLS does not speak; and the clients expect a global WebSocket, which browsers have, and Node from 22 on.
 */
type Constructor = new (address: string | URL, protocols?: string | string[]) => object;

const given = (globalThis as { WebSocket?: Constructor }).WebSocket;
const Base: Constructor = given ?? ((await import('ws')).WebSocket as unknown as Constructor);

class LocalWebSocket extends Base {
  constructor(address: string | URL, protocols?: string | string[]) {
    super(String(address).replace(/^wss:(?=\/\/(127\.0\.0\.1|localhost)[:/])/, 'ws:'), protocols);
  }
}

Object.assign(globalThis, { WebSocket: LocalWebSocket });

export {};
