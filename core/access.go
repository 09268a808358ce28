package core

// Access says who may call an endpoint. Every endpoint declares it; New refuses one that does not.
type Access uint8

const (
	// Public endpoints are for anybody.
	Public Access = iota + 1
	// Session endpoints need a session, which may come from the cookie cache. Without one they answer 401.
	Session
	// StoredSession endpoints need a session that the store confirms in that very request. Whatever changes state,
	// reveals a credential or is privileged is one.
	StoredSession
	// FreshSession endpoints need a stored session that began less than Config.Session.FreshAge ago. An older one
	// is answered 403.
	FreshSession
	// ServerOnly endpoints have no route: they are called in process only.
	ServerOnly
)

// String returns the name of the constant, for error messages.
func (a Access) String() string {
	switch a {
	case Public:
		return "Public"
	case Session:
		return "Session"
	case StoredSession:
		return "StoredSession"
	case FreshSession:
		return "FreshSession"
	case ServerOnly:
		return "ServerOnly"
	default:
		return "undeclared"
	}
}
