/**
 * Bundles the page into static files. Run by build.ts:
 *
 *   node --import tsx console/bundle.ts FOLDER
 */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));
const outDir = process.argv[2];
if (!outDir) throw new Error('Name the folder to write to.');

// Whatever the caller runs in, a test say, the page is built for use: the bundler reads this, and would take React's
// development half.
process.env['NODE_ENV'] = 'production';
await build({
  root: here,
  configFile: false,
  logLevel: 'error',
  clearScreen: false,
  // Relative addresses: the page works below any path.
  base: './',
  publicDir: false,
  define: { 'process.env.NODE_ENV': '"production"' },
  resolve: {
    alias: [
      // The editor with two of its eighty languages: GraphQL and JSON.
      { find: /^monaco-editor$/, replacement: 'monaco-graphql/esm/monaco-editor.js' },
    ],
  },
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2022',
    // Editors are large whatever one does; the size that counts is checked by the browser test.
    chunkSizeWarningLimit: 8000,
    reportCompressedSize: false,
    // GraphiQL makes its icons' titles from the names of functions.
    rolldownOptions: { output: { keepNames: true } },
  },
  worker: { format: 'es' },
});
