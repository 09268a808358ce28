package wire_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/cardea-auth/cardea/core/wire"
)

// TestObject does the same to an Object and to a list of pairs, with few members and with many.
func TestObject(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 5, 16, 17, 18, 100} {
		o := wire.NewObject()
		var want []string
		for i := range size {
			o.Set(strconv.Itoa(i), i)
			want = append(want, strconv.Itoa(i))
		}
		for i := 0; i < size; i += 3 {
			o.Delete(strconv.Itoa(i))
			want = slices.Delete(want, slices.Index(want, strconv.Itoa(i)), slices.Index(want, strconv.Itoa(i))+1)
		}
		o.Delete("none")
		o.Set("last", true)
		want = append(want, "last")
		if size > 1 {
			o.Set("1", "changed")
			if got, ok := o.Get("1"); got != "changed" || !ok {
				t.Errorf("size %d: Get(1): got %v, %v, want changed, true", size, got, ok)
			}
		}
		if got, ok := o.Get("0"); ok {
			t.Errorf("size %d: deleted member: got %v, want none", size, got)
		}
		if got := keys(o); !slices.Equal(got, want) || o.Len() != len(want) {
			t.Errorf("size %d: got members %v (Len %d), want %v", size, got, o.Len(), want)
		}
		for i := range size {
			got, ok := o.Get(strconv.Itoa(i))
			if ok != (i%3 != 0) || ok && i != 1 && got != i {
				t.Errorf("size %d: Get(%d): got %v, %v", size, i, got, ok)
			}
		}
	}
}

func TestNilObjectReadsAsEmpty(t *testing.T) {
	t.Parallel()
	var o *wire.Object
	o.Delete("a")
	if v, ok := o.Get("a"); v != nil || ok || o.Len() != 0 || keys(o) != nil {
		t.Errorf("got %v, %v, length %d, keys %v, want nothing", v, ok, o.Len(), keys(o))
	}
}

func TestOpt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		o    wire.Opt[int]
		want string
	}{
		{wire.Opt[int]{}, "0 false set=false null=false"},
		{wire.Null[int](), "0 false set=true null=true"},
		{wire.Some(0), "0 true set=true null=false"},
		{wire.Some(5), "5 true set=true null=false"},
	} {
		v, ok := c.o.Get()
		if got := fmt.Sprintf("%d %v set=%v null=%v", v, ok, c.o.IsSet(), c.o.IsNull()); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}
