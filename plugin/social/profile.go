package social

import (
	"context"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/model"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/wire"
	"github.com/cardea-auth/cardea/plugin/social/provider"
)

// writable returns the further fields of an identity without those that its user may not set: a provider's profile must not
// reach further than a sign-up form.
func (in *installation) writable(i *provider.Identity) *wire.Object {
	user := in.auth.Schema().Table(model.UserTable)
	out := wire.NewObject()
	for name, v := range i.Extra() {
		if c := user.Column(name); c != nil && c.Input {
			out.Set(name, v)
		}
	}
	return out
}

// profileColumns are the columns of a user that an identity sets, without the address.
func (in *installation) profileColumns(x *core.Exchange, i *provider.Identity) (store.Record, error) {
	extra, err := in.auth.UserInput(in.writable(i), false)
	if err != nil {
		return nil, err
	}
	set := store.Record{}
	for _, v := range extra {
		set[v.Name] = v.Value
	}
	name, image := bounded(x, i)
	if _, ok := i.User.Get("name"); ok {
		set["name"] = name
	}
	if image != nil {
		set["image"] = *image
	}
	return set, nil
}

// updateProfile writes name, image and mapped fields to a user (Config.Account.Linking.UpdateUserInfo).
func (in *installation) updateProfile(ctx context.Context, x *core.Exchange, i *provider.Identity, user *model.User) (*model.User, error) {
	set, err := in.profileColumns(x, i)
	if err != nil {
		x.Logger().WarnContext(ctx, "what the provider says could not be written to the user", "error", err)
		return user, nil
	}
	if len(set) == 0 {
		return user, nil
	}
	return in.auth.UpdateUser(ctx, user.ID, set)
}

// bounded returns name and picture, within what core lets people choose for themselves: a provider's user is no better.
func bounded(x *core.Exchange, i *provider.Identity) (name string, image *string) {
	name, image = i.Name(), i.Image()
	if !x.Hardened() {
		return name, image
	}
	if core.CheckProfile(nil, image) != nil {
		image = nil
	}
	for core.CheckProfile(&name, nil) != nil {
		_, last := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-last]
	}
	return name, image
}
