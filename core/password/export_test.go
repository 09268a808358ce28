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
