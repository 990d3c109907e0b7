/** Where subscriptions connect, for an API's address: AppSync's own, a custom domain's, or the local stack's. */
export const realtimeAddress = (url: string): string => {
  const address = new URL(url);
  const own = /^(.+)\.appsync-api\.(.+\.amazonaws\.com(?:\.cn)?)$/.exec(address.hostname);
  if (own) address.hostname = `${own[1]}.appsync-realtime-api.${own[2]}`;
  else address.pathname = `${address.pathname.replace(/\/$/, '')}/realtime`;
  // `protocol` cannot be set from http to ws.
  return address.href.replace(/^http/, 'ws');
};
