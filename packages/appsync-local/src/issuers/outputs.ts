/** Where a running stack says which issuer and client id an application has. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Application {
  issuer: string;
  clientId: string;
}

/** Reads an application's issuer and client from `outputs.json`. Rejects, saying what to do, if there are none. */
export async function findApplication(stateDir: string, role: 'admin' | 'user'): Promise<Application> {
  const file = join(stateDir, 'outputs.json');
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) {
    throw new Error(
      `No stack is running: there is no ${file}\nStart the stack with \`npm start\`, or name its state folder with --state DIR.`,
    );
  }
  const prefix = role === 'admin' ? 'Admin' : 'User';
  for (const outputs of Object.values(parse(text, file))) {
    const issuer = outputs[`${prefix}Issuer`];
    const clientId = outputs[`${prefix}ClientId`];
    if (typeof issuer === 'string' && typeof clientId === 'string') return { issuer, clientId };
  }
  throw new Error(`${file} names no ${prefix}Issuer and ${prefix}ClientId. Restart the stack with \`npm start\`.`);
}

function parse(text: string, file: string): Record<string, Record<string, unknown>> {
  try {
    return JSON.parse(text) as Record<string, Record<string, unknown>>;
  } catch {
    throw new Error(`${file} is not JSON. Restart the stack with \`npm start\`.`);
  }
}
