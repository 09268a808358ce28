// The database of an instance, as better-auth takes it.
import { parseMySQL } from "../lib/dsn.mjs";
import { Unsupported } from "./unsupported.mjs";

export const DATABASES = ["memory", "sqlite", "postgres", "mysql"];

/** Opens the database of a description: better-auth's `database` option, and `close()`. */
export async function openDatabase({ kind = "memory", dsn } = {}) {
  switch (kind) {
    // Not better-auth's own memory adapter: it leaves out of its answers what was
    // never given ("image"), where every real database answers null.
    case "memory":
      return openSQLite(":memory:");
    case "sqlite":
      return openSQLite(dsn);
    case "postgres":
      return openPostgres(dsn);
    case "mysql":
      return openMySQL(dsn);
  }
  throw new Unsupported([`database.kind=${kind}`]);
}

async function openSQLite(dsn) {
  const { default: Database } = await import("better-sqlite3");
  const database = new Database(dsn);
  // Another process may be writing to the same file.
  database.pragma("busy_timeout = 5000");
  return { database, close: () => database.close() };
}

async function openPostgres(dsn) {
  const { default: pg } = await import("pg");
  const database = new pg.Pool({ connectionString: dsn, max: 4 });
  // A caller may drop its database before it deletes the instance.
  database.on("error", () => {});
  return { database, close: () => database.end() };
}

async function openMySQL(dsn) {
  const { createPool } = await import("mysql2/promise");
  const database = createPool({ ...parseMySQL(dsn), timezone: "Z", connectionLimit: 4 });
  return { database, close: () => database.end() };
}
