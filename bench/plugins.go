package main

import (
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/plugin/admin"
	"github.com/cardea-auth/cardea/plugin/bearer"
	"github.com/cardea-auth/cardea/plugin/organization"
	"github.com/cardea-auth/cardea/plugin/twofactor"
)

// pluginSet are plugins with which get-session is compared to get-session without.
type pluginSet struct {
	name    string
	plugins []core.Plugin
}

// pluginSets are the plugins that add columns to users and sessions, look at requests or judge what is found: none of them,
// each, all.
func pluginSets() []pluginSet {
	var (
		second = twofactor.New(twofactor.Options{})
		token  = bearer.New(bearer.Options{})
		admins = admin.New(admin.Options{})
		teams  = organization.New(organization.Options{Teams: organization.TeamOptions{Enabled: true}})
	)
	return []pluginSet{
		{"none", nil},
		{"twofactor", []core.Plugin{second}},
		{"bearer", []core.Plugin{token}},
		{"admin", []core.Plugin{admins}},
		{"organization", []core.Plugin{teams}},
		{"all", []core.Plugin{second, token, admins, teams}},
	}
}
