/** What `myData` answers with, as far as the page shows it. */
export interface Held {
  id: string;
  asOf: string;
  status: 'LIVE' | 'DELETED' | 'ERASED' | 'ABSENT';
  suspensions: { reason: string; from: string; until: string | null; endedAt: string | null }[];
  /** The eldest first. */
  history: HeldEvent[];
  outcomes: unknown[];
  leftOut: { history: number; outcomes: boolean };
}

export interface HeldEvent {
  version: number;
  type: string;
  timestamp: string;
  operation: string;
  erased: boolean;
  payload: Record<string, unknown>;
}

/** What happened, in words for the person whom it happened to. */
const happenings: Record<string, string> = {
  signUp: 'You signed up',
  updateProfile: 'You changed your profile',
  eraseMe: 'You erased yourself',
  createUser: 'An admin entered you',
  updateUser: 'An admin changed what is known of you',
  deleteUser: 'An admin deleted you',
  restoreUser: 'An admin brought you back',
  eraseUser: 'An admin erased you',
  suspendUser: 'An admin suspended you',
  reinstateUser: 'An admin ended your suspension',
  correctEvent: 'An admin corrected your history',
};

export const wordsOf = ({ operation, type }: HeldEvent): string => happenings[operation] ?? type;

/** Has the browser keep a text as a file. */
export const saveAsFile = (name: string, text: string): void => {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
};
