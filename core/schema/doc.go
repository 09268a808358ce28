// Package schema describes tables and columns as data.
//
// Core, every plugin and the app itself contribute [Extension] values; [Merge] makes one [Schema] of them or says
// what collides. A store reads the result to name tables, to convert values and to create what is missing ([Diff]).
// Nothing in this package talks to a database.
//
//	s, err := schema.Merge(
//		schema.Source{Owner: "core", Extensions: model.Schema()},
//		schema.Source{Owner: "plugin two-factor", Extensions: twofactor.Schema()},
//	)
//	user := s.Table("user")
package schema
