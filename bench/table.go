package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// sample is one measurement of one cell.
type sample struct {
	perSecond float64
	cpu       time.Duration // of the server, for each request
	p50, p99  time.Duration
	rss       float64 // MiB, at the end
	allocs    float64 // for each request
}

// printTable prints the medians. "of floor" compares CPU time with the first row of the group: 1.00 costs as little.
func printTable(w io.Writer, order []cell, results map[string][]sample) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "what\tserver\tCPU µs/req\tof first\treq/s\tp50\tp99\tallocs/req\tRSS MiB\t")
	base := map[string]time.Duration{}
	for _, c := range order {
		s := median(results[c.key()])
		if _, ok := base[c.group]; !ok {
			base[c.group] = s.cpu
		}
		fmt.Fprintf(t, "%s\t%s\t%.1f\t%.2f\t%.0f\t%v\t%v\t%.0f\t%.0f\t\n", c.group, c.name,
			float64(s.cpu.Nanoseconds())/1000, float64(base[c.group])/float64(s.cpu), s.perSecond,
			s.p50.Round(time.Microsecond), s.p99.Round(time.Microsecond), s.allocs, s.rss)
	}
	if err := t.Flush(); err != nil {
		fmt.Println(err)
	}
}

func median(samples []sample) sample {
	pick := func(get func(sample) float64) float64 {
		values := make([]float64, len(samples))
		for i, s := range samples {
			values[i] = get(s)
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	return sample{
		perSecond: pick(func(s sample) float64 { return s.perSecond }),
		cpu:       time.Duration(pick(func(s sample) float64 { return float64(s.cpu) })),
		p50:       time.Duration(pick(func(s sample) float64 { return float64(s.p50) })),
		p99:       time.Duration(pick(func(s sample) float64 { return float64(s.p99) })),
		rss:       pick(func(s sample) float64 { return s.rss }),
		allocs:    pick(func(s sample) float64 { return s.allocs }),
	}
}
