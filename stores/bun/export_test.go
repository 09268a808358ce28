package bunstore

// WithoutReturning makes a store do without RETURNING, as on MySQL.
func WithoutReturning() Option { return func(s *Store) { s.plain = true } }
