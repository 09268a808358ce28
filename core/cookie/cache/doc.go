// Package cache is the codec of the session cache cookie, session_data, and of its neighbour account_data: the cookies in
// which better-auth keeps a signed or encrypted copy of what the database says.
//
// A [Codec] writes and reads session_data in one of three formats (contract §3.5); [Split], [Update] and [Values] deal
// with values larger than one cookie; an [AccountCodec] does account_data (§3.6). What Node writes is read here and the
// other way round.
//
//	codec, err := cache.New(keys, cache.Config{Strategy: cache.JWE})
//	value, err := codec.Encode(cache.Content{Session: session, User: user}, now, 5*time.Minute)
//	entry, err := codec.Decode(value, now)
//
// A cached session may have been revoked since it was written. It serves to show who is signed in; whatever changes
// state or reveals more than the session itself asks the store.
//
// # Gateways
//
// A process that has the secret and no store, such as a proxy in front of the application, asks the request:
//
//	entry, err := codec.FromRequest(r, cache.Options{})    // signature and expiry checked
//	likely := cache.SessionToken(r, cache.Options{}) != "" // there is a cookie; proves nothing
//
// These two are here and not in package cookie because they need the codec, which itself stands on that package.
package cache
