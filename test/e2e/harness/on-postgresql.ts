import { readPostgresqlStackObstacle } from '../../../stack/temporal/postgresql/postgresql-stack.ts';
import { describeWhereHosted } from './describe-where-hosted.ts';

const obstacle = await readPostgresqlStackObstacle();

/** `describe` for suites that need Temporal's server on PostgreSQL. */
export const describeOnPostgresql = (name: string, define: () => void): void => {
  describeWhereHosted('Temporal on PostgreSQL', obstacle, name, define);
};
