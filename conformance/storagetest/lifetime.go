package storagetest

import (
	"math"
	"time"

	"github.com/cardea-auth/cardea/core/storage"
)

// timed is what cases about lifetimes need.
var timed = []feature{advancing}

// year is more than any storage keeps things by accident.
const year = 365 * 24 * time.Hour

var lifetimeCases = []testCase{
	{name: "ValuesEnd", needs: timed, run: func(k *kit) {
		k.set("key", "value", 10*time.Minute)
		k.set("other", "value", 30*time.Minute)
		k.advance(8 * time.Minute)
		k.wantValue("key", "value")
		k.advance(2 * time.Minute)
		k.wantNone("key")
		k.wantNothingTaken("key")
		k.remove("key")
		k.wantValue("other", "value")
		k.set("key", "again", 10*time.Minute)
		k.wantValue("key", "again")
	}},
	{name: "NothingIsTakenThatEnded", needs: timed, run: func(k *kit) {
		k.set("key", "value", 10*time.Minute)
		k.advance(10 * time.Minute)
		k.wantNothingTaken("key")
	}},
	{name: "SetReplacesTheLifetime", needs: timed, run: func(k *kit) {
		k.set("longer", "value", time.Minute)
		k.set("longer", "value", time.Hour)
		k.set("shorter", "value", time.Hour)
		k.set("shorter", "value", time.Minute)
		k.advance(30 * time.Minute)
		k.wantValue("longer", "value")
		k.wantNone("shorter")
	}},
	{name: "SetCountsFromNow", needs: timed, run: func(k *kit) {
		k.set("key", "value", 10*time.Minute)
		k.advance(8 * time.Minute)
		k.set("key", "value", 10*time.Minute)
		k.advance(8 * time.Minute)
		k.wantValue("key", "value")
		k.advance(2 * time.Minute)
		k.wantNone("key")
	}},
	{name: "Forever", needs: timed, run: func(k *kit) {
		k.set("key", "value", storage.Forever)
		k.set("became", "value", time.Minute)
		k.set("became", "value", storage.Forever)
		k.set("was", "value", storage.Forever)
		k.set("was", "value", time.Minute)
		k.advance(year)
		k.wantValue("key", "value")
		k.wantValue("became", "value")
		k.wantNone("was")
		k.wantTaken("key", "value")
		k.remove("became")
		k.wantNone("became")
	}},
	{name: "LongLifetimes", needs: timed, run: func(k *kit) {
		k.set("key", "value", 2*year)
		k.advance(year)
		k.wantValue("key", "value")
		k.advance(year)
		k.wantNone("key")
	}},
	{name: "ReadingDoesNotProlong", needs: timed, run: func(k *kit) {
		k.set("key", "value", 10*time.Minute)
		for range 2 {
			k.advance(4 * time.Minute)
			k.wantValue("key", "value")
		}
		k.advance(2 * time.Minute)
		k.wantNone("key")
	}},
	{name: "CutToWholeSeconds", needs: timed, run: func(k *kit) {
		k.set("key", "value", 100*time.Second+900*time.Millisecond)
		k.advance(100 * time.Second)
		k.wantNone("key")
	}},
	{name: "TooShortWritesNothing", run: func(k *kit) {
		k.set("present", "value", long)
		for _, ttl := range []time.Duration{time.Second - 1, time.Millisecond, 1, 0, -1, -time.Hour, math.MinInt64} {
			k.set("absent", "new", ttl)
			k.wantNone("absent")
			k.set("present", "new", ttl)
			k.wantValue("present", "value")
		}
	}},
	{name: "TooShortLeavesTheLifetime", needs: timed, run: func(k *kit) {
		k.set("key", "value", 10*time.Minute)
		k.set("key", "new", 0)
		k.advance(8 * time.Minute)
		k.wantValue("key", "value")
		k.advance(2 * time.Minute)
		k.wantNone("key")
	}},
	{name: "DeleteForgetsTheLifetime", needs: timed, run: func(k *kit) {
		k.set("deleted", "value", 10*time.Minute)
		k.set("taken", "value", 10*time.Minute)
		k.remove("deleted")
		k.wantTaken("taken", "value")
		k.set("deleted", "value", time.Hour)
		k.set("taken", "value", storage.Forever)
		k.advance(30 * time.Minute)
		k.wantValue("deleted", "value")
		k.wantValue("taken", "value")
	}},
}

var windowCases = []testCase{
	{name: "SetOnCreationOnly", needs: timed, run: func(k *kit) {
		k.wantCount("key", 10*time.Minute, 1)
		k.advance(8 * time.Minute)
		k.wantCount("key", 10*time.Minute, 2)
		k.wantCount("key", time.Hour, 3)
		k.advance(2 * time.Minute)
		k.wantCount("key", 10*time.Minute, 1)
		k.wantCount("key", time.Second, 2) // nor does it shorten
		k.advance(8 * time.Minute)
		k.wantCount("key", 10*time.Minute, 3)
	}},
	{name: "BeginsAgainAfterDelete", needs: timed, run: func(k *kit) {
		k.wantCount("key", 10*time.Minute, 1)
		k.remove("key")
		k.wantCount("key", time.Hour, 1)
		k.advance(30 * time.Minute)
		k.wantCount("key", time.Hour, 2)
	}},
	{name: "CutToWholeSeconds", needs: timed, run: func(k *kit) {
		k.wantCount("key", 100*time.Second+900*time.Millisecond, 1)
		k.advance(100 * time.Second)
		k.wantCount("key", long, 1)
	}},
	{name: "KeepsTheLifetimeOfAValue", needs: []feature{advancing, mixing}, run: func(k *kit) {
		for _, c := range []struct {
			value string
			first int64 // counting from it
		}{{"5", 6}, {"0", 1}, {"-7", -6}} { // 1 is what a new counter would be
			k.set("key", c.value, time.Hour)
			k.set("forever", c.value, storage.Forever)
			k.wantCount("key", 10*time.Minute, c.first)
			k.wantCount("forever", 10*time.Minute, c.first)
			k.advance(30 * time.Minute)
			k.wantCount("key", 10*time.Minute, c.first+1)
			k.advance(30 * time.Minute)
			k.wantCount("key", 10*time.Minute, 1)
			k.wantCount("forever", 10*time.Minute, c.first+1)
			k.remove("forever")
		}
	}},
	{name: "SetReplacesTheWindow", needs: []feature{advancing, mixing}, run: func(k *kit) {
		k.wantCount("key", 10*time.Minute, 1)
		k.set("key", "7", time.Hour)
		k.advance(30 * time.Minute)
		k.wantCount("key", 10*time.Minute, 8)
	}},
	{name: "SurvivesARefusal", needs: timed, run: func(k *kit) {
		k.wantCount("key", 10*time.Minute, 1)
		_, err := k.storage.Increment(k.ctx, "key", storage.Forever)
		k.wantError(err, "Increment forever")
		k.advance(10 * time.Minute)
		k.wantCount("key", 10*time.Minute, 1)
	}},
}
