package bunstore_test

import "time"

const (
	rawSQLite   = `SELECT typeof("expiresAt") || ' ' || "expiresAt" || ' ' || typeof("active") || ' ' || typeof("id") FROM thing`
	rawPostgres = `SELECT "expiresAt"::text || ' ' || "active"::text || ' ' || "tags"::text FROM thing`
	rawMySQL    = "SELECT CONCAT(CAST(expiresAt AS CHAR), ' ', active + 0, ' ', JSON_LENGTH(tags)) FROM thing"
)

// drizzleMillis is a default that drizzle-kit writes for better-auth's schemas.
const drizzleMillis = "integer DEFAULT (cast(unixepoch('subsecond') * 1000 as integer)) NOT NULL"

var sqliteTables = []liveCase{
	{
		name: "BetterAuth", database: onSQLite,
		ddl: things(`"`, "text not null primary key", "text", "text", "text", "integer", "integer", "integer", "date not null", "date",
			"text", "text", "text", ""),
		raw: rawSQLite, want: "text 2026-07-01T13:19:05.678Z integer text",
	},
	{
		name: "BetterAuthOverMattn", database: onSQLiteMattn,
		ddl: things(`"`, "text not null primary key", "text", "text", "text", "integer", "integer", "integer", "date not null", "date",
			"text", "text", "text", ""),
		raw: rawSQLite, want: "text 2026-07-01T13:19:05.678Z integer text",
	},
	{
		name: "BetterAuthSerial", database: onSQLite, ids: "serial",
		ddl: things(`"`, "integer not null primary key", "integer", "text", "text", "integer", "integer", "integer", "date not null", "date",
			"text", "text", "text", ""),
		raw: rawSQLite, want: "text 2026-07-01T13:19:05.678Z integer integer",
	},
	{
		name: "DrizzleTimestampMs", database: onSQLite,
		ddl: things("`", "text PRIMARY KEY NOT NULL", "text", "text", "text", "integer DEFAULT false", "integer", "real", drizzleMillis, "integer",
			"text", "text", "text", ""),
		raw: rawSQLite, want: "integer 1782911945678 integer text",
	},
	{
		name: "DrizzleTimestampMsOverMattn", database: onSQLiteMattn,
		ddl: things("`", "text PRIMARY KEY NOT NULL", "text", "text", "text", "integer DEFAULT false", "integer", "real", drizzleMillis, "integer",
			"text", "text", "text", ""),
		raw: rawSQLite, want: "integer 1782911945678 integer text",
	},
	{
		name: "DrizzleTimestamp", database: onSQLite, step: time.Second,
		ddl: things("`", "text PRIMARY KEY NOT NULL", "text", "text", "text", "integer", "integer", "numeric", "integer DEFAULT (unixepoch()) NOT NULL", "integer",
			"text", "text", "text", ""),
		raw: rawSQLite, want: "integer 1782911945 integer text",
	},
	{
		name: "DrizzleTimestampByItsRows", database: onSQLite, step: time.Second,
		ddl: with(things("`", "text PRIMARY KEY NOT NULL", "text", "text", "text", "integer", "integer", "numeric", "integer NOT NULL", "integer",
			"text", "text", "text", ""),
			"INSERT INTO owner VALUES ('o', 'o', 1700000000)",
			"INSERT INTO thing (id, token, expiresAt, ownerId) VALUES ('t', 't', 4000000000, 'o')",
			"CREATE TRIGGER gone AFTER INSERT ON thing WHEN new.id = 'thing-1' BEGIN DELETE FROM thing WHERE id = 't'; END"),
		raw: rawSQLite, want: "integer 1782911945 integer text",
	},
	{
		name: "DrizzleText", database: onSQLite,
		ddl: things("`", "text PRIMARY KEY NOT NULL", "text", "text", "text", "integer", "integer", "integer", "text DEFAULT (CURRENT_TIMESTAMP) NOT NULL", "text",
			"text", "text", "text", ""),
		raw: rawSQLite, want: "text 2026-07-01 13:19:05.678 integer text",
	},
	{
		name: "Prisma", database: onSQLite,
		ddl: with(things(`"`, "TEXT NOT NULL PRIMARY KEY", "TEXT", "TEXT", "TEXT", "BOOLEAN DEFAULT false", "INTEGER", "BIGINT",
			"DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP", "DATETIME", "TEXT", "TEXT", "TEXT", ""),
			"CREATE TABLE _prisma_migrations (id TEXT PRIMARY KEY NOT NULL)"),
		raw: rawSQLite, want: "integer 1782911945678 integer text",
	},
	{
		name: "PrismaOverMattn", database: onSQLiteMattn,
		ddl: with(things(`"`, "TEXT NOT NULL PRIMARY KEY", "TEXT", "TEXT", "TEXT", "BOOLEAN DEFAULT false", "INTEGER", "BIGINT",
			"DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP", "DATETIME", "TEXT", "TEXT", "TEXT", ""),
			"CREATE TABLE _prisma_migrations (id TEXT PRIMARY KEY NOT NULL)"),
		raw: rawSQLite, want: "integer 1782911945678 integer text",
	},
	{
		name: "ByHand", database: onSQLite,
		ddl: things("", "varchar(36) primary key", "varchar(36)", "varchar(255)", "varchar(20) COLLATE NOCASE", "bool", "int", "decimal(10,2)",
			"timestamp not null", "timestamp", "json", "json", "json", ""),
		raw: rawSQLite, want: "text 2026-07-01T13:19:05.678Z integer text",
	},
}

var postgresTables = []liveCase{
	{
		name: "BetterAuth", database: onPostgres,
		ddl: things(`"`, "text not null primary key", "text", "text", "text", "boolean", "integer", "bigint", "timestamptz not null", "timestamptz",
			"jsonb", "jsonb", "jsonb", ""),
	},
	{
		name: "BetterAuthUUID", database: onPostgres, ids: "uuid",
		ddl: things(`"`, "uuid default pg_catalog.gen_random_uuid() not null primary key", "uuid", "text", "text", "boolean", "integer", "bigint",
			"timestamptz not null", "timestamptz", "jsonb", "jsonb", "jsonb", ""),
	},
	{
		name: "BetterAuthSerial", database: onPostgres, ids: "serial",
		ddl: things(`"`, "integer GENERATED BY DEFAULT AS IDENTITY not null primary key", "integer", "text", "text", "boolean", "integer", "bigint",
			"timestamptz not null", "timestamptz", "jsonb", "jsonb", "jsonb", ""),
	},
	{
		name: "Drizzle", database: onPostgres,
		ddl: things(`"`, "text PRIMARY KEY NOT NULL", "text", "text", "varchar(20)", "boolean DEFAULT false", "integer", "numeric",
			"timestamp DEFAULT now() NOT NULL", "timestamp", "jsonb", "text[]", "double precision[]", ""),
		raw: rawPostgres, want: `2026-07-01 13:19:05.678 true {a,"b\"\\,{}",""}`,
	},
	{
		name: "DrizzleIntegerArrays", database: onPostgres, ids: "serial",
		ddl: things(`"`, "serial PRIMARY KEY NOT NULL", "integer", "text", "varchar(20)", "boolean", "bigint", "numeric(12, 2)",
			"timestamp (3) with time zone NOT NULL", "timestamp with time zone", "json", "varchar(9)[]", "integer[]", ""),
	},
	{
		name: "Prisma", database: onPostgres,
		ddl: with([]string{`CREATE TYPE "Role" AS ENUM ('user', 'admin', 'adm')`},
			things(`"`, "TEXT NOT NULL PRIMARY KEY", "TEXT", "TEXT", `"Role"`, "BOOLEAN", "INTEGER", "DECIMAL(65,30)",
				"TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP", "TIMESTAMP(3)", "JSONB", "TEXT[]", "DOUBLE PRECISION[]", "")...),
		raw: rawPostgres, want: `2026-07-01 13:19:05.678 true {a,"b\"\\,{}",""}`,
	},
	{
		name: "ByHand", database: onPostgres, step: time.Second,
		ddl: with([]string{"CREATE DOMAIN short_text AS varchar(40)"},
			things("\"", "char(36) primary key", "char(36)", "text", "short_text", "smallint", "smallint", "real",
				"timestamp(0) not null", "timestamp(0)", "json", "text", "text", "")...),
		ids: "uuid",
		raw: rawPostgres, want: `2026-07-01 13:19:05 1 ["a","b\"\\,{}",""]`,
	},
}

var mysqlTables = []liveCase{
	{
		name: "BetterAuth", database: onMySQL,
		ddl: things("`", "varchar(36) not null primary key", "varchar(36)", "varchar(255) collate utf8mb4_bin", "text", "boolean", "integer", "bigint",
			"timestamp(3) not null", "timestamp(3) null", "json", "json", "json", "collate utf8mb4_general_ci"),
		raw: rawMySQL, want: "2026-07-01 13:19:05.678 1 3",
	},
	{
		name: "BetterAuthSerial", database: onMySQL, ids: "serial",
		ddl: things("`", "integer not null primary key auto_increment", "integer", "varchar(255) collate utf8mb4_bin", "text", "boolean", "integer", "bigint",
			"timestamp(3) not null", "timestamp(3) null", "json", "json", "json", "collate utf8mb4_unicode_ci"),
	},
	{
		name: "Drizzle", database: onMySQL,
		ddl: things("`", "varchar(36) PRIMARY KEY NOT NULL", "varchar(36)", "varchar(255) collate utf8mb4_bin", "enum('user','admin','adm')", "boolean DEFAULT false",
			"int", "decimal(10,2)", "timestamp(3) DEFAULT (now(3)) NOT NULL", "timestamp(3) NULL", "json", "json", "json", ""),
		raw: rawMySQL, want: "2026-07-01 13:19:05.678 1 3",
	},
	{
		name: "DrizzleDatetime", database: onMySQL, step: time.Second,
		ddl: things("`", "varchar(36) PRIMARY KEY NOT NULL", "varchar(36)", "varchar(255) collate utf8mb4_bin", "varchar(20)", "boolean", "int", "double",
			"datetime NOT NULL", "datetime", "json", "json", "json", "character set latin1"),
		raw: rawMySQL, want: "2026-07-01 13:19:05 1 3",
	},
	{
		name: "Prisma", database: onMySQL,
		ddl: things("`", "VARCHAR(191) NOT NULL PRIMARY KEY", "VARCHAR(191)", "VARCHAR(191) COLLATE utf8mb4_bin", "VARCHAR(191)", "BOOLEAN DEFAULT false",
			"INTEGER", "BIGINT", "DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)", "DATETIME(3)", "JSON", "JSON", "JSON",
			"DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"),
		raw: rawMySQL, want: "2026-07-01 13:19:05.678 1 3",
	},
	{
		name: "ByHand", database: onMySQL, ids: "uuid",
		ddl: things("`", "char(36) primary key", "char(36)", "varchar(100) character set utf8mb4 collate utf8mb4_bin", "tinytext", "bit(1)", "mediumint", "float",
			"datetime(6) not null", "datetime(6)", "longtext", "mediumtext", "text", "character set utf8mb3"),
		raw: rawMySQL, want: "2026-07-01 13:19:05.678000 1 3",
	},
	{
		name: "MariaDBUUID", database: onMySQL, ids: "uuid", mariaDB: true,
		ddl: things("`", "uuid primary key", "uuid", "varchar(100) collate utf8mb4_nopad_bin", "varchar(20)", "boolean", "smallint", "decimal(5)",
			"datetime(3) not null", "datetime(3)", "json", "json", "json", ""),
	},
}
