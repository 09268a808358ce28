// Package plugin re-exports the contract for authors of plugins, so that a plugin needs one import.
//
// A plugin is a value with a Manifest; see [Plugin], and examples/plugin for a whole one.
package plugin

import "github.com/cardea-auth/cardea/core"

//nolint:revive,errname // the contract, under the names and with the comments that it has in package core
type (
	Plugin      = core.Plugin
	Manifest    = core.Manifest
	AnyEndpoint = core.AnyEndpoint
	Spec        = core.Spec
	Exchange    = core.Exchange
	Hook        = core.Hook
	Matcher     = core.Matcher
	Guard       = core.Guard
	SignIn      = core.SignIn
	SignInStep  = core.SignInStep
	Challenge   = core.Challenge
	Error       = core.Error
	Observer    = core.Observer
	Outcome     = core.Outcome
	Auth        = core.Auth
)
