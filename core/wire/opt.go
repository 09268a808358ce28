package wire

// Opt is a value that may also be null or absent, which JavaScript tells apart. The zero value is absent. As a struct
// field it is left out by [Append] when absent.
type Opt[T any] struct {
	value T
	state optState
}

type optState uint8

const (
	optAbsent optState = iota
	optNull
	optValue
)

// Some returns a value that is there.
func Some[T any](v T) Opt[T] { return Opt[T]{value: v, state: optValue} }

// Null returns null.
func Null[T any]() Opt[T] { return Opt[T]{state: optNull} }

// Get returns the value and whether there is one. Of null and absent it returns the zero value.
func (o Opt[T]) Get() (value T, ok bool) { return o.value, o.state == optValue }

// IsSet reports whether there is a value or null.
func (o Opt[T]) IsSet() bool { return o.state != optAbsent }

// IsNull reports whether it is null.
func (o Opt[T]) IsNull() bool { return o.state == optNull }

// parts gives reflection access to an Opt whose T it does not know: value is the *T.
func (o *Opt[T]) parts() (value any, state *optState) { return &o.value, &o.state }

// optional is implemented by pointers to Opt and by nothing else.
type optional interface {
	parts() (value any, state *optState)
}
