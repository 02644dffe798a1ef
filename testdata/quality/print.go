package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"triage/rules/detect"
)

// kindFigures are the figures of a kind or a rule.
type kindFigures struct{ all, found, level, net, twins, quiet, beyond int }

func (t *kindFigures) add(r *result) {
	t.all++
	t.found += one(r.isFound())
	t.level += one(r.atLevel())
	t.net += one(r.byNetAlone())
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
			fmt.Fprintf(w, "%-8s %s: %s: %s\n", resultWords(r), r.kind, r.of.Says, rulesFound(r.found))
		}
		if !r.quiet() {
			fmt.Fprintf(w, "LOUD     %s: %s: the twin: %s\n", r.kind, r.of.Says, rulesFound(r.loud))
		}
	}
}

func resultWords(r *result) string {
	switch {
	case !r.isFound():
		return "MISSED"
	case !r.atLevel():
		return "LOW"
	}
	return "found"
}

func rulesFound(all []foundBy) string {
	var s []string
	for _, f := range all {
		s = append(s, f.rule+" "+f.level.String())
	}
	return strings.Join(s, ", ")
}

// figuresByKind are the figures by kind, in the order of the table, and of all.
func figuresByKind(results []result) (names []string, of map[string]*kindFigures) {
	of = map[string]*kindFigures{"all": {}}
	for i := range results {
		r := &results[i]
		if of[r.kind] == nil {
			of[r.kind] = &kindFigures{}
			names = append(names, r.kind)
		}
		of[r.kind].add(r)
		of["all"].add(r)
	}
	return append(names, "all"), of
}

// row is one line of the table by kind.
func (t *kindFigures) row() []string {
	return []string{strconv.Itoa(t.all), strconv.Itoa(t.beyond), strconv.Itoa(t.found), strconv.Itoa(t.level), strconv.Itoa(t.net), fmt.Sprintf("%d of %d", t.quiet, t.twins)}
}

func heads() []string {
	return []string{"kind", "behaviours", "of them beyond the list", "found", "at level or above", "by the general net alone", "twins quiet"}
}

// printTable prints the figures by kind, and which rules found what.
func printTable(w io.Writer, results []result) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, strings.Join(heads(), "\t"))
	names, of := figuresByKind(results)
	for _, name := range names {
		fmt.Fprintln(t, name+"\t"+strings.Join(of[name].row(), "\t"))
	}
	_ = t.Flush()
	fmt.Fprintln(w)
	printRules(w, results)
}

// markdown is the table by kind as it stands in rules/README.md.
func markdown(results []result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| %s |\n|%s\n", strings.Join(heads(), " | "), strings.Repeat("---|", len(heads())))
	names, of := figuresByKind(results)
	for _, name := range names {
		fmt.Fprintf(&b, "| %s | %s |\n", name, strings.Join(of[name].row(), " | "))
	}
	return b.String()
}

// printRules prints what each rule found, and of which twins it says something.
func printRules(w io.Writer, results []result) {
	byRule := map[string]*kindFigures{}
	at := func(rule string) *kindFigures {
		if byRule[rule] == nil {
			byRule[rule] = &kindFigures{}
		}
		return byRule[rule]
	}
	for i := range results {
		r := &results[i]
		for _, f := range r.found {
			at(f.rule).found++
			at(f.rule).level += one(f.level >= r.want)
		}
		for _, f := range r.loud {
			at(f.rule).twins++
			at(f.rule).quiet += one(f.level < detect.Medium)
		}
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "rule\tbehaviours\tat level or above\ttwins that it tells of\tof them below medium")
	for _, id := range slices.Sorted(maps.Keys(byRule)) {
		k := byRule[id]
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\n", id, k.found, k.level, k.twins, k.quiet)
	}
	_ = t.Flush()
}
