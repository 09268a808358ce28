// Package strict reads JSON descriptions in which nothing may be ignored.
//
// Every member of a [Document] starts out unread. Reading it through an [Object] marks it; what nobody has read at the
// end is reported with its path by [Document.Err]. So a reader that does not know an option refuses it, without having
// to list what it does not know:
//
//	doc, err := strict.Parse(data)
//	session := doc.Root().Object("options").Object("session")
//	session.Seconds("expiresIn", &config.ExpiresIn)
//	err = doc.Err() // *UnsupportedError{[options.session.cookieCache.enabled]}
//
// Mistakes are collected as well, so readers need not check for an error after each member. Use it for configuration
// that people write; requests of clients go through package wire, which ignores what it does not know, as upstream does.
package strict
