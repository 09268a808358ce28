// Database addresses in the forms that Go's and Node's drivers use.

/**
 * Options for mysql2 from Go's `user:password@tcp(host:port)/db?params` or a
 * mysql:// URL. Parameters of the Go form are the Go driver's own and are dropped.
 */
export function parseMySQL(dsn) {
  const match = /^([^:@]*)(?::([^@]*))?@tcp\(([^:)]+)(?::(\d+))?\)\/([^?]*)/.exec(dsn);
  if (!match) return { uri: dsn };
  const [, user, password, host, port, database] = match;
  return { user, password, host, port: Number(port ?? 3306), database: database || undefined };
}

/** The same address with another database name, for either form and for postgres:// URLs. */
export function withDatabase(dsn, name) {
  const go = /^(.*@tcp\([^)]*\)\/)[^?]*(.*)$/.exec(dsn);
  if (go) return go[1] + name + go[2];
  const url = new URL(dsn);
  url.pathname = `/${name}`;
  return url.href;
}
