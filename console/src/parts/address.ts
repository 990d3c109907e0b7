/** Ids in addresses. The router reads an address with `decodeURI`, which gives back some of what was escaped, `%` with it. */

/** Any text as one part of an address. */
export const toSegment = (text: string): string => encodeURIComponent(text).replaceAll('%25', '%2525');

/** The text again, from what the router makes of it; as it stands if nobody escaped it. */
export const fromSegment = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};
