package password

import "time"

// Doors for the tests in package password_test.
var (
	NFKC          = nfkc
	NFKCUnlimited = nfkcUnlimited
	Derive        = (*Scrypt).derive
)

// Cost is N of the stored hashes; tests of the algorithm use smaller ones, too.
const Cost = cost

// IdleTables returns how many tables wait for another hash.
func (s *Scrypt) IdleTables() int {
	s.tables.mu.Lock()
	defer s.tables.mu.Unlock()
	return len(s.tables.idle)
}

// RestTables makes the idle tables look as if they had been idle for d more.
func (s *Scrypt) RestTables(d time.Duration) {
	s.tables.mu.Lock()
	defer s.tables.mu.Unlock()
	s.tables.used = s.tables.used.Add(-d)
}

// KeepIdle is how long idle tables are kept.
const KeepIdle = keepIdle

// State returns the number of free slots and of waiters.
func (l *Limiter) State() (free, waiting int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.free, l.queue.Len()
}

// Doors to the parsers. Each returns the memory and the work, in bytes or rounds, that a hash asks for.
func ParseArgon2(encoded string) (bytes, work int64, err error) {
	h, err := Argon2id{}.parse(encoded)
	return h.hashBytes(), h.hashBytes() * int64(h.Passes), err
}

func ParseScryptPHC(encoded string) (bytes, work int64, err error) {
	_, c, err := parseScryptPHC(encoded)
	return c.bytes(), 128 * int64(c.r) * int64(c.p) << c.logN, err
}

func ParsePBKDF2(encoded string) (rounds, keyLength int, err error) {
	h, err := parsePBKDF2(encoded)
	return h.iterations, len(h.key), err
}

func ParseBcrypt(encoded string) (cost int, err error) { return Bcrypt{}.parse(encoded) }

func ParseFirebase(encoded string) (salt, key []byte, ok bool) { return parseFirebase(encoded) }

// VerifyBytes is the memory that v.Verify takes.
func VerifyBytes(v Verifier, encoded string) int64 { return verifyBytes(v, encoded) }

// FreeMemory returns what hashes could take now.
func (l *Limiter) FreeMemory() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.memory
}
