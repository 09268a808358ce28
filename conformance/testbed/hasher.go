package main

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"math/rand/v2"
	"time"

	"golang.org/x/text/unicode/norm"
)

// fastHasher is the password hash of tests that have no time for a real one.
type fastHasher struct{}

func (fastHasher) Hash(_ context.Context, password string) (string, error) {
	sum := sha256.Sum256([]byte(norm.NFKC.String(password)))
	return "$test$sha256$" + hex.EncodeToString(sum[:]), nil
}

func (h fastHasher) Verify(ctx context.Context, encoded, password string) (bool, error) {
	want, err := h.Hash(ctx, password)
	return subtle.ConstantTimeCompare([]byte(encoded), []byte(want)) == 1, err
}

// slowHasher takes its time without taking the processor's, for tests of what may happen meanwhile.
type slowHasher struct{ fastHasher }

func (h slowHasher) Verify(ctx context.Context, encoded, password string) (bool, error) {
	time.Sleep(rand.N(40 * time.Millisecond))
	return h.fastHasher.Verify(ctx, encoded, password)
}
