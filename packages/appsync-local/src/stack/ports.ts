import { openLoopbackServer } from '../gateway/server.ts';
import type { LoopbackServer } from '../gateway/server.ts';
import type { Shutdown } from './shutdown.ts';

/**
 * Takes the API's port and the gateway's, the next one, before anything else starts: addresses are part of the
 * template.
 *
 * @param port 0 for any two free ports
 * @throws an Error that names the port in use
 */
export async function openPorts(
  port: number,
  shutdown: Shutdown,
): Promise<{ front: LoopbackServer; back: LoopbackServer }> {
  const open = async (wanted: number): Promise<LoopbackServer> => {
    const server = await openLoopbackServer(wanted).catch((error: NodeJS.ErrnoException) => {
      throw explain(error, wanted);
    });
    shutdown.add(() => server.stop());
    return server;
  };
  const front = await open(port);
  const back = await open(port === 0 ? 0 : port + 1);
  return { front, back };
}

function explain(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return new Error(`Port ${port} is in use. Choose another with PORT=<port>, or PORT=0 for any free one.`);
  if (error.code === 'EACCES')
    return new Error(
      `Port ${port} may not be used by this user. Choose another with PORT=<port>, or PORT=0 for any free one.`,
    );
  return error;
}
