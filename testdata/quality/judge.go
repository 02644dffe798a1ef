package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"triage/analyzers"
	"triage/analyzers/exposure"
	"triage/analyzers/ledger"
	"triage/geo"
	"triage/ingest"
	"triage/ingest/activity"
	"triage/rules"
	"triage/rules/detect"
)

// result is what became of one behaviour.
type result struct {
	kind  string
	of    behaviour
	want  detect.Level
	found []foundBy // that cite its rows, the highest first
	loud  []foundBy // likewise its twin's
}

// foundBy is a finding.
type foundBy struct {
	rule  string
	level detect.Level
}

func (r *result) best() detect.Level {
	if len(r.found) == 0 {
		return detect.Informational
	}
	return r.found[0].level
}

// isFound says that a finding of a level that a responder reads rests on what was done.
func (r *result) isFound() bool { return r.best() >= detect.Low }

func (r *result) atLevel() bool { return r.best() >= r.want }

// net is the rule that tells at low of whatever somebody does for the first time and hardly anybody does. What it alone finds is
// found, but by no rule of its own, and what it says of a twin is no accusation.
const net = "access.first-act"

func (r *result) byNetAlone() bool { return r.isFound() && len(r.found) == 1 && r.found[0].rule == net }

// quiet says that nothing about the twin is at medium or above, or as high as what it resembles.
func (r *result) quiet() bool {
	return !slices.ContainsFunc(r.loud, func(f foundBy) bool {
		return f.level >= min(r.want, detect.Medium) && (f.rule != net || f.level > detect.Low)
	})
}

// engine is the whole program, read once.
type engine struct {
	set   *rules.Set
	where *geo.Locator
	dir   string
	month []string
}

// measure runs every behaviour of a folder whose kind or words have a part, and its twin.
func measure(ctx context.Context, folder, only, keep string) ([]result, error) {
	table, err := readTable(folder)
	if err != nil {
		return nil, err
	}
	dir := keep
	if dir == "" {
		if dir, err = os.MkdirTemp("", "quality"); err != nil {
			return nil, err
		}
		defer func() { _ = os.RemoveAll(dir) }()
	}
	e, err := newEngine(dir)
	if err != nil {
		return nil, err
	}
	var results []result
	for _, k := range table {
		for _, b := range k.Behaviours {
			if strings.Contains(k.Name, only) || strings.Contains(b.Says, only) {
				want, _ := b.level()
				results = append(results, result{kind: k.Name, of: b, want: want})
			}
		}
	}
	var all sync.WaitGroup
	errs := make([]error, len(results))
	slots := make(chan struct{}, 2)
	for i := range results {
		all.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			errs[i] = e.try(ctx, i, &results[i])
		})
	}
	all.Wait()
	for i, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("%s: %q: %w", results[i].kind, results[i].of.Says, err)
		}
	}
	return results, nil
}

func newEngine(dir string) (*engine, error) {
	set, err := rules.Load(analyzers.Kinds(), rules.Options{})
	if err != nil {
		return nil, err
	}
	l, err := geo.Open(geo.Options{})
	if err != nil {
		return nil, err
	}
	e := &engine{set: set, where: l, dir: dir}
	e.month, err = month().save(filepath.Join(dir, "month"))
	return e, err
}

// save writes the files into a folder.
func (w *exportFiles) save(dir string) (paths []string, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(w.files)) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, w.files[name].Bytes(), 0o600); err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

func (e *engine) try(ctx context.Context, n int, r *result) (err error) {
	from := r.of.From
	if from == "" {
		from = "rented"
	}
	if r.found, err = e.judge(ctx, fmt.Sprintf("b%d", n), r.of.Rows, from, r.of.Place); err != nil || r.of.Twin == nil {
		return err
	}
	r.loud, err = e.judge(ctx, fmt.Sprintf("t%d", n), r.of.Twin, "home", r.of.Place)
	return err
}

// judge puts lines into the month and returns the findings that cite them.
func (e *engine) judge(ctx context.Context, name string, lines []entryLine, from string, place bool) ([]foundBy, error) {
	before, w, err := writeActs(lines, from)
	if err != nil {
		return nil, err
	}
	paths := slices.Clone(e.month)
	for sub, of := range map[string]*exportFiles{"before": before, "rows": w} {
		some, err := of.save(filepath.Join(e.dir, name, sub))
		if err != nil {
			return nil, err
		}
		paths = append(paths, some...)
	}
	slices.Sort(paths)
	read, err := ingest.Open(ctx, paths, ingest.Options{Interest: exposure.Want(ledger.Want(e.set.Interest)), Workers: 1})
	if err != nil {
		return nil, err
	}
	defer func() { _ = read.Close() }()
	places := func(c *activity.Case) detect.Places { return analyzers.NewPlaces(e.where, c) }
	res, err := analyzers.RunTenants(ctx, read.Case, e.set, places, analyzers.Options{AsOf: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), Workers: 1})
	if err != nil {
		return nil, err
	}
	return cited(res, place), nil
}

// cited are the findings that rest on rows of the entry, the highest of each rule. Those about the place alone count where the
// place is what the behaviour is about.
func cited(res *analyzers.Result, place bool) []foundBy {
	best := map[string]detect.Level{}
	for f, c := range res.All() {
		ofPlace := f.Rule.Family == "location" || strings.HasPrefix(f.Rule.ID, "stranger.") || strings.HasPrefix(f.Rule.ID, "shared.")
		if f.Suppressed != nil || ofPlace && !place {
			continue
		}
		for _, at := range f.Evidence {
			if ofEntry(c, at) {
				best[f.Rule.ID] = max(best[f.Rule.ID], f.Level)
				break
			}
		}
	}
	var all []foundBy
	for rule, level := range best {
		all = append(all, foundBy{rule, level})
	}
	slices.SortFunc(all, func(a, b foundBy) int {
		if a.level != b.level {
			return int(b.level) - int(a.level)
		}
		return strings.Compare(a.rule, b.rule)
	})
	return all
}

func ofEntry(c *activity.Case, at uint32) bool {
	for o := range c.Origins(at) {
		if filepath.Base(filepath.Dir(c.Inputs[c.Whole(o).File].Path)) == "rows" {
			return true
		}
	}
	return false
}
