package core

import (
	"fmt"

	"github.com/cardea-auth/cardea/core/password"
)

// The longest name and picture URL, in UTF-16 units. 255 is what the contract's column on MySQL holds.
const (
	maxNameLength  = 255
	maxImageLength = 2048
)

// CheckProfile bounds what people make us store about themselves: [ErrValidation] for a name of more than 255 characters or
// a picture URL of more than 2048. Either may be nil. Upstream has no such limits, so Exact does not ask.
func CheckProfile(name, image *string) error {
	const format = "[body.%s] Too big: expected string to have <=%d characters"
	if name != nil && password.UTF16Len(*name) > maxNameLength {
		return ErrValidation.WithMessage(fmt.Sprintf(format, "name", maxNameLength))
	}
	if image != nil && password.UTF16Len(*image) > maxImageLength {
		return ErrValidation.WithMessage(fmt.Sprintf(format, "image", maxImageLength))
	}
	return nil
}
