// Package cookie reads, signs and writes cookies byte for byte as better-auth does.
//
// net/http's cookies do not serve here: it drops bytes it dislikes, quotes some values, never decodes and orders the
// attributes differently. This package reads Cookie header lines ([Get], [All], [Parse]), signs values ([Sign],
// [Unsign], [GetSigned]), names cookies for an installation ([Jar]) and collects those of one response ([Queue]) until
// they are written ([AppendSetCookie], the only serializer).
//
//	session := jar.Cookie("session_token", cookie.Patch{MaxAge: new(cookie.For(7 * 24 * time.Hour))})
//	session.Value = cookie.Sign(keys, token)
//	queue.Set(session)
//
//	token, result := cookie.GetSigned(keys, request.Header["Cookie"], session.Name)
package cookie
