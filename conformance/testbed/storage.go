package main

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/cardea-auth/cardea/conformance/testbed/options"
	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core/storage"
	memorystore "github.com/cardea-auth/cardea/stores/memory"
	redisstorage "github.com/cardea-auth/cardea/stores/redis"
)

// storageSpec opens an instance's secondary storage; nil is none. close ends what it has opened.
type storageSpec func(now func() time.Time) (s storage.Storage, closeStorage func() error, err error)

func readStorage(root strict.Object, f options.Functions) storageSpec {
	const member = "secondaryStorage"
	if root.Null(member) || !root.Has(member) {
		return nil
	}
	o := root.Object(member)
	kind := ""
	o.Choice("kind", &kind, "memory", "redis", "webhook")
	nothing := func() error { return nil }
	switch kind {
	case "memory":
		return func(now func() time.Time) (storage.Storage, func() error, error) {
			return memorystore.NewStorage(memorystore.StorageOptions{Now: now}), nothing, nil
		}
	case "redis":
		url, keys := "", redisstorage.Options{}
		o.String("url", &url)
		o.String("prefix", &keys.Prefix) // an extension of the protocol, so that instances do not meet in one Redis
		return func(func() time.Time) (storage.Storage, func() error, error) { return openRedis(url, keys) }
	case "webhook":
		s := options.SecondaryStorage(o, f)
		return func(func() time.Time) (storage.Storage, func() error, error) { return s, nothing, nil }
	}
	return nil
}

func openRedis(url string, keys redisstorage.Options) (storage.Storage, func() error, error) {
	o, err := redis.ParseURL(url)
	if err != nil {
		return nil, nil, fmt.Errorf("secondaryStorage.url: %w", err)
	}
	o.ContextTimeoutEnabled = true
	client := redis.NewClient(o)
	return redisstorage.New(client, keys), client.Close, nil
}

// openStorage gives the instance its secondary storage.
func (i *instance) openStorage(spec storageSpec) (storage.Storage, error) {
	if spec == nil {
		return nil, nil
	}
	s, closeStorage, err := spec(i.clock.Now)
	if err != nil {
		return nil, err
	}
	i.closers = append(i.closers, func(context.Context) error { return closeStorage() })
	return s, nil
}
