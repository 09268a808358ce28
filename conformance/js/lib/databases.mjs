// A fresh, empty database for every instance.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseMySQL, withDatabase } from "./dsn.mjs";

export const DATABASES = ["memory", "sqlite", "postgres", "mysql"];

const POSTGRES = process.env.CARDEA_TEST_POSTGRES ?? "postgres://root@127.0.0.1:5432/test?sslmode=disable";
const MYSQL = process.env.CARDEA_TEST_MYSQL ?? "root@tcp(127.0.0.1:3306)/test";

/**
 * Makes a database of a kind. Returns the `database` member of an instance
 * description, for as many instances as want to share it, and `drop()`.
 */
export async function freshDatabase(kind) {
  const name = `cardea_js_${randomBytes(6).toString("hex")}`;
  switch (kind) {
    case "memory":
      return { database: { kind }, drop: async () => {} };
    case "sqlite": {
      const dir = await mkdtemp(join(tmpdir(), "cardea-"));
      return { database: { kind, dsn: join(dir, "auth.db") }, drop: () => rm(dir, { recursive: true, force: true }) };
    }
    case "postgres":
      await onPostgres((client) => client.query(`create database ${name}`));
      return {
        database: { kind, dsn: withDatabase(POSTGRES, name) },
        drop: () => onPostgres((client) => dropPostgres(client, name)),
      };
    case "mysql":
      await onMySQL((client) => client.query(`create database ${name} character set utf8mb4`));
      return {
        database: { kind, dsn: withDatabase(MYSQL, name) },
        drop: () => onMySQL((client) => client.query(`drop database if exists ${name}`)),
      };
  }
  throw new Error(`unknown database kind ${kind}`);
}

/** Those of `kinds` that can be used here and now. */
export async function reachable(kinds) {
  const attempts = { postgres: () => onPostgres(() => {}), mysql: () => onMySQL(() => {}) };
  const results = await Promise.allSettled(kinds.map((kind) => attempts[kind]?.()));
  return kinds.filter((_, i) => results[i].status === "fulfilled");
}

// A deleted instance's connections may still be closing. PostgreSQL waits for them a
// few seconds; cutting them at once has killed servers that don't expect it.
async function dropPostgres(client, name) {
  const drop = `drop database if exists ${name}`;
  await client.query(drop).catch(() => client.query(`${drop} with (force)`));
}

async function onPostgres(fn) {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: POSTGRES, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    await fn(client);
  } finally {
    await client.end();
  }
}

async function onMySQL(fn) {
  const { createConnection } = await import("mysql2/promise");
  const client = await createConnection({ ...parseMySQL(MYSQL), connectTimeout: 5_000 });
  try {
    await fn(client);
  } finally {
    await client.end();
  }
}
