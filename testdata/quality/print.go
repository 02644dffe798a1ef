package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// tally are the figures of a kind or a rule.
type tally struct{ all, found, level, twins, quiet, beyond int }

func (t *tally) add(r *result) {
	t.all++
	t.found += one(r.isFound())
	t.level += one(r.atLevel())
	t.beyond += one(r.of.Beyond)
	if r.of.Twin != nil {
		t.twins++
		t.quiet += one(r.quiet())
	}
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// printEach prints what is missed, or everything.
func printEach(w io.Writer, results []result, all bool) {
	for i := range results {
		r := &results[i]
		if all || !r.isFound() || !r.atLevel() {
			fmt.Fprintf(w, "%-8s %s: %s: %s\n", said(r), r.kind, r.of.Says, rulesOf(r.found))
		}
		if !r.quiet() {
			fmt.Fprintf(w, "LOUD     %s: %s: the twin: %s\n", r.kind, r.of.Says, rulesOf(r.loud))
		}
	}
}

func said(r *result) string {
	switch {
	case !r.isFound():
		return "MISSED"
	case !r.atLevel():
		return "LOW"
	}
	return "found"
}

func rulesOf(all []found) string {
	var s []string
	for _, f := range all {
		s = append(s, f.rule+" "+f.level.String())
	}
	return strings.Join(s, ", ")
}

// kinds are the figures by kind, in the order of the table, and of all.
func kinds(results []result) (names []string, of map[string]*tally) {
	of = map[string]*tally{"all": {}}
	for i := range results {
		r := &results[i]
		if of[r.kind] == nil {
			of[r.kind] = &tally{}
			names = append(names, r.kind)
		}
		of[r.kind].add(r)
		of["all"].add(r)
	}
	return append(names, "all"), of
}

// printTable prints the figures by kind, and which rules found what.
func printTable(w io.Writer, results []result) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "kind\tbehaviours\tfound\tat level\ttwins\tquiet")
	names, of := kinds(results)
	for _, name := range names {
		k := of[name]
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\n", name, k.all, k.found, k.level, k.twins, k.quiet)
	}
	_ = t.Flush()
	byRule := map[string]*tally{}
	for i := range results {
		r := &results[i]
		for _, f := range r.found {
			if byRule[f.rule] == nil {
				byRule[f.rule] = &tally{}
			}
			byRule[f.rule].found++
			byRule[f.rule].level += one(f.level >= r.want)
		}
		for _, f := range r.loud {
			if byRule[f.rule] == nil {
				byRule[f.rule] = &tally{}
			}
			byRule[f.rule].twins++
			byRule[f.rule].quiet += one(f.level < min(r.want, 2))
		}
	}
	fmt.Fprintln(w)
	t = tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "rule\tbehaviours found\tat level\ttwins touched\tquietly")
	for _, id := range slices.Sorted(maps.Keys(byRule)) {
		k := byRule[id]
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\n", id, k.found, k.level, k.twins, k.quiet)
	}
	_ = t.Flush()
}
