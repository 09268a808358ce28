// Package options turns better-auth's options, written as JSON, into a [core.Config] with its plugins.
//
// Names and nesting are those of better-auth 1.7 (the testbed's PROTOCOL.md says how JSON writes functions, dates and
// the like). What is not implemented is refused with its path, never ignored: that is package strict's doing, so a
// reader here only has to read what it understands.
//
//	doc, err := strict.Parse(data)
//	config := options.Decode(doc.Root(), core.Config{Store: store}, functions)
//	err = doc.Err()
//
// An option that arrives with a later plugin gets its line in the reader of its section; a plugin gets a reader in a
// file of its own and a line in the table of plugins.go.
package options
