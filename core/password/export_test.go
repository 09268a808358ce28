package password

// Doors for the tests in package password_test.
var (
	NFKC          = nfkc
	NFKCUnlimited = nfkcUnlimited
	Derive        = (*Scrypt).derive
)

// Cost is N of the stored hashes; tests of the algorithm use smaller ones, too.
const Cost = cost

// IdleTables returns how many tables wait for another hash and were not collected.
func (s *Scrypt) IdleTables() (n int) {
	s.tables.mu.Lock()
	defer s.tables.mu.Unlock()
	for _, p := range s.tables.idle {
		if p.Value() != nil {
			n++
		}
	}
	return n
}

// State returns the number of free slots and of waiters.
func (l *Limiter) State() (free, waiting int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.free, l.queue.Len()
}
