package schema

// IDs is what the ids of a schema's tables are, and with them all columns that refer to an id (better-auth:
// advanced.database.generateId). In records and in JSON an id is always a string.
type IDs uint8

// The kinds of ids.
const (
	// TextIDs are text. This is the default.
	TextIDs IDs = iota
	// UUIDs have the type uuid, and a random default, where the database has such a type; elsewhere they are text.
	UUIDs
	// SerialIDs are integers that the database counts. In records they are strings of digits, without leading zeros.
	SerialIDs
)

// String returns "text", "uuid" or "serial".
func (ids IDs) String() string {
	switch ids {
	case TextIDs:
		return "text"
	case UUIDs:
		return "uuid"
	case SerialIDs:
		return "serial"
	default:
		return "invalid"
	}
}
