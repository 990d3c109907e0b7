/**
 * Whether a Host header names this machine. A page on the web can make its own host name point to 127.0.0.1, but it
 * cannot make the browser send another Host header.
 */
export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host);
}
