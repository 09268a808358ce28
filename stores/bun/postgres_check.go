package bunstore

import (
	"context"
	"database/sql"
)

func (postgresEngine) check(ctx context.Context, db *sql.DB) error {
	var version int
	var server, client string
	err := one(ctx, db, `SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), current_setting('client_encoding')`,
		&version, &server, &client)
	switch {
	case err != nil:
		return err
	case version < 120000:
		return misconfigured("PostgreSQL %d is too old: use 12 or newer", version/10000)
	case server != "UTF8":
		return misconfigured("the database has the encoding %s: create it with ENCODING 'UTF8'", server)
	case client != "UTF8":
		return misconfigured("the connection has the encoding %s: set client_encoding=UTF8", client)
	}
	return nil
}
