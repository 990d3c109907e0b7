#!/usr/bin/env node
// In the package as it is published, the command is compiled; in its repository, its source is run.
import { existsSync } from 'node:fs';

const compiled = new URL('../src/cli.js', import.meta.url);
if (existsSync(compiled)) {
  await import(compiled.href);
} else {
  const { register } = await import('tsx/esm/api');
  register();
  await import(new URL('../src/cli.ts', import.meta.url).href);
}
