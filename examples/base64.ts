/** AppSync's links encode headers by Node's `Buffer`, which browsers do not have. All that they ask of it: */
const base64 = {
  from: (text: string) => ({
    toString: () => btoa(String.fromCharCode(...new TextEncoder().encode(text))),
  }),
};

if (!('Buffer' in globalThis)) Object.assign(globalThis, { Buffer: base64 });

export {};
