package storagetest

import (
	"math"
	"strconv"
	"time"

	"github.com/cardea-auth/cardea/core/storage"
)

var counterCases = []testCase{
	{name: "CountsFromOne", run: func(k *kit) {
		for n := range int64(12) { // beyond one digit
			k.wantCount("key", long, n+1)
		}
		k.wantCount("other", long, 1)
		k.wantCount("key", long, 13)
	}},
	{name: "DeleteResets", run: func(k *kit) {
		k.wantCount("key", long, 1)
		k.wantCount("key", long, 2)
		k.remove("key")
		k.wantCount("key", long, 1)
	}},
	{name: "NeedsAWindow", run: func(k *kit) {
		for _, ttl := range []time.Duration{0, -time.Second, time.Second - 1, math.MinInt64, storage.Forever} {
			_, err := k.storage.Increment(k.ctx, "key", ttl)
			k.wantError(err, "Increment for %v", ttl)
		}
		k.wantCount("key", long, 1) // none of them counted
		_, err := k.storage.Increment(k.ctx, "key", 0)
		k.wantError(err, "Increment of an existing counter for 0s")
		k.wantCount("key", long, 2)
	}},
	{name: "ReadAsDigits", needs: []feature{mixing}, run: func(k *kit) {
		k.wantCount("key", long, 1)
		k.wantValue("key", "1")
		k.wantCount("key", long, 2)
		k.wantTaken("key", "2")
		k.wantCount("key", long, 1)
	}},
	{name: "CountsOnFromAValue", needs: []feature{mixing}, run: func(k *kit) {
		for _, n := range []int64{0, 9, -1, -10, math.MaxInt64 - 1, math.MinInt64} {
			k.set("key", strconv.FormatInt(n, 10), long)
			k.wantCount("key", long, n+1)
			k.wantValue("key", strconv.FormatInt(n+1, 10))
		}
	}},
	{name: "RefusesWhatIsNoNumber", needs: []feature{mixing}, run: func(k *kit) {
		for _, value := range []string{
			"", "x", "1x", "1.5", " 1", "1 ", "+1", "0x10", "1e3", "1\x00", "--1", "١",
			"9223372036854775807", "9223372036854775808", "99999999999999999999999999",
		} {
			k.set("key", value, long)
			n, err := k.storage.Increment(k.ctx, "key", long)
			k.wantError(err, "Increment of %q, which gave %d", value, n)
			k.wantValue("key", value)
		}
	}},
}
