import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** Whether there is a browser to test with; says so once if there is none. */
export const hasChromium = existsSync(executablePath);
if (!hasChromium)
  console.warn(
    `Browser tests are skipped: there is no ${executablePath}. Install Chromium, or name it in CHROMIUM_PATH.`,
  );

let launched: Promise<Browser> | undefined;

/** A browser that can reach nothing but this machine: one for all files of a process, with which it ends. */
export const openChromium = (): Promise<Browser> =>
  (launched ??= chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  }));

/** Closes all that a file has opened. */
export const closeVisits = async (): Promise<void> => {
  const browser = await launched;
  await Promise.all((browser?.contexts() ?? []).map((context) => context.close()));
};
