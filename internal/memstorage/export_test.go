package memstorage

// Used says how many entries are kept, alive or not, and how many bytes are counted for them.
func (s *Storage) Used() (entries int, bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.entries), s.size
}

// Overhead is what an entry counts besides its key and value.
const Overhead = overhead
