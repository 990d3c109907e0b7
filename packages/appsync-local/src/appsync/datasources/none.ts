/** The data source NONE: what goes in comes out. */
import type { DataSource } from './dataSource.ts';
import { objectAt } from './requestObject.ts';

export const noneDataSource: DataSource = {
  async call(request) {
    if (request === null || request === undefined) return { result: null };
    return { result: objectAt(request, '$', ['version', 'payload']).payload ?? null };
  },
};
