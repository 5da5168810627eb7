import type { PostgresBinaries } from './binaries.ts';
import type { CallAs, PostgresUser } from './postgres-user.ts';

/** A cluster on this machine and how its programs are called. */
export type Cluster = {
  readonly dataDirectory: string;
  readonly logFile: string;
  /** Of the superuser `postgres`. */
  readonly password: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly binaries: PostgresBinaries;
  readonly user: PostgresUser;
  readonly as: CallAs;
};

/** Address of the cluster's own database on a port of this machine. */
export const clusterUrl = (cluster: Cluster, port: number): string =>
  `postgres://postgres:${encodeURIComponent(cluster.password)}@127.0.0.1:${port}/postgres`;
