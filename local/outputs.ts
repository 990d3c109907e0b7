import type { StackOutputs } from 'appsync-local';

/** What a client of this application has to know: what any stack says, and this one's two applications. */
export interface ApplicationOutputs extends StackOutputs {
  AdminIssuer: string;
  AdminClientId: string;
  UserIssuer: string;
  UserClientId: string;
}
