import { util } from '@aws-appsync/utils';

/** Refuses an argument: `errorInfo` names the field and the rule that it breaks. */
export function invalid(field: string, rule: string): never {
  return util.error(`${field}: ${rule}`, 'INVALID', null, { field, rule });
}

/** What AppSync says of a data source that failed. */
interface DataSourceError {
  message: string;
  type: string;
}

/**
 * Refuses because a data source failed. The caller may try again; the details, which name resources, are for the log.
 * @param message what could not be done, and that it may be tried again
 */
export function unavailable(message: string, errorType: string, cause: DataSourceError): never {
  console.error(`${message}: ${cause.type}: ${cause.message}`);
  return util.error(message, errorType, null, { cause: cause.type });
}

/** Refuses because a table could not be read. */
export function unreadable(cause: DataSourceError): never {
  return unavailable('The data could not be read; try again', 'READ_UNAVAILABLE', cause);
}
