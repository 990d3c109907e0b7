/**
 * For the stack on this machine only; on AWS nothing of this is needed. The clients expect a global WebSocket, which Node
 * has from 22 on, and aws-amplify always dials wss://, which a stack without TLS does not speak.
 */
import { WebSocket } from 'ws';

class LocalWebSocket extends WebSocket {
  constructor(address: string | URL, protocols?: string | string[]) {
    super(String(address).replace(/^wss:(?=\/\/(127\.0\.0\.1|localhost)[:/])/, 'ws:'), protocols);
  }
}

Object.assign(globalThis, { WebSocket: LocalWebSocket });
