// The database of an instance, as better-auth takes it.
import { getAuthTables } from "better-auth/db";
import { memoryAdapter } from "better-auth/adapters/memory";
import { parseMySQL } from "../lib/dsn.mjs";
import { Unsupported } from "./unsupported.mjs";

export const DATABASES = ["memory", "sqlite", "postgres", "mysql"];

/**
 * Opens the database of a description.
 *
 * Returns better-auth's `database` option, whether tables are to be migrated,
 * `prepare(options)` to call with the finished options, and `close()`.
 */
export async function openDatabase({ kind = "memory", dsn } = {}) {
  switch (kind) {
    case "memory":
      return openMemory();
    case "sqlite":
      return openSQLite(dsn);
    case "postgres":
      return openPostgres(dsn);
    case "mysql":
      return openMySQL(dsn);
  }
  throw new Unsupported([`database.kind=${kind}`]);
}

function openMemory() {
  const tables = {};
  return {
    database: memoryAdapter(tables),
    migrates: false,
    // The memory adapter wants an array for each table that it is going to use.
    prepare(options) {
      for (const { modelName } of Object.values(getAuthTables(options))) tables[modelName] ??= [];
    },
    close() {},
  };
}

async function openSQLite(dsn) {
  const { default: Database } = await import("better-sqlite3");
  const database = new Database(dsn ?? ":memory:");
  // Another process may be writing to the same file.
  database.pragma("busy_timeout = 5000");
  return { database, migrates: true, prepare() {}, close: () => database.close() };
}

async function openPostgres(dsn) {
  const { default: pg } = await import("pg");
  const database = new pg.Pool({ connectionString: dsn, max: 4 });
  // A caller may drop its database before it deletes the instance.
  database.on("error", () => {});
  return { database, migrates: true, prepare() {}, close: () => database.end() };
}

async function openMySQL(dsn) {
  const { createPool } = await import("mysql2/promise");
  const database = createPool({ ...parseMySQL(dsn), timezone: "Z", connectionLimit: 4 });
  return { database, migrates: true, prepare() {}, close: () => database.end() };
}
