// Package terms is the detector for what was searched for: it folds the rows of search-as-you-type into searches, and
// looks for a list's words in them.
package terms

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// Settings are one rule's settings.
type Settings struct {
	Field        string        `yaml:"field" doc:"field that holds the searched text"`
	Match        string        `yaml:"match" doc:"word, substring or regex"`
	AnyOf        []string      `yaml:"any_of" doc:"terms; in mode word each may be several words, and end in * for any ending"`
	FoldPrefixes time.Duration `yaml:"fold_prefixes" doc:"longest pause within one search that is typed letter by letter"`
	Session      string        `yaml:"session" doc:"field that names a search session, where a log has one: rows of two sessions are two searches"`
	Usual        Routine       `yaml:"usual" doc:"terms that the mailbox searches for anyway"`
	Together     Together      `yaml:"together" doc:"different terms in a short time, as one finding"`
	Bonus        Bonus         `yaml:"bonus" doc:"confidence for several terms on one day"`
}

// Routine says when a term is the mailbox's routine.
type Routine struct {
	MinDays int    `yaml:"min_days" doc:"other days with the term that make it routine; 0 = never"`
	Level   string `yaml:"level" doc:"level of a search for routine terms only"`
}

// Bonus raises the confidence where a day's searches hold several terms.
type Bonus struct {
	EachDistinctOver int `yaml:"each_distinct_over" doc:"distinct terms without a bonus"`
	Confidence       int `yaml:"confidence" doc:"points of confidence for each further one"`
	Max              int `yaml:"max" doc:"most points"`
}

// Kind is the detector as rules name it.
func Kind() detect.Kind {
	return detect.Kind{
		Name: "terms",
		Doc:  "one finding for each text that was searched for and holds a term of a list",
		Settings: func() detect.Settings {
			return &Settings{
				Field: "query", Match: "word", FoldPrefixes: Gap, Session: sidField,
				Usual: Routine{Level: detect.Informational.String()}, Together: Together{Within: 30 * time.Minute},
			}
		},
	}
}

// Validate says which settings cannot be.
func (s *Settings) Validate() error {
	var errs []error
	add := func(path, reason string, args ...any) {
		errs = append(errs, detect.FieldError{Path: path, Reason: fmt.Sprintf(reason, args...)})
	}
	if _, ok := detect.ParseValue(s.Field); !ok {
		add("field", "unknown field %q", s.Field)
	}
	if _, ok := detect.ParseValue(s.Session); !ok && s.Session != "" {
		add("session", "unknown field %q", s.Session)
	}
	if !slices.Contains([]string{"word", "substring", "regex"}, s.Match) {
		add("match", "want word, substring or regex, got %q", s.Match)
	} else if _, err := newMatcher(s.Match, s.AnyOf); err != nil {
		add("any_of", "%v", err)
	}
	if len(s.AnyOf) == 0 {
		add("any_of", "want at least one term")
	}
	if s.FoldPrefixes < 0 {
		add("fold_prefixes", "want 0 or more, got %v", s.FoldPrefixes)
	}
	if s.Usual.MinDays < 0 {
		add("usual.min_days", "want 0 or more, got %d", s.Usual.MinDays)
	}
	if _, ok := detect.ParseLevel(s.Usual.Level); !ok {
		add("usual.level", "want one of %s, got %q", strings.Join(detect.LevelNames(), ", "), s.Usual.Level)
	}
	if s.Together.Terms < 0 || s.Together.Terms == 1 {
		add("together.terms", "want 0, or 2 and more, got %d", s.Together.Terms)
	}
	if s.Together.Within <= 0 {
		add("together.within", "want more than 0, got %v", s.Together.Within)
	}
	if s.Bonus.EachDistinctOver < 0 || s.Bonus.Confidence < 0 || s.Bonus.Max < 0 {
		add("bonus", "want no value below 0")
	}
	return errors.Join(errs...)
}

// States implements detect.Settings.
func (s *Settings) States() detect.Facts {
	return detect.Facts{
		"query": detect.TextFact, "terms": detect.TextFact, "searches": detect.NumberFact, "rows": detect.NumberFact,
		"days": detect.NumberFact, "also_typed": detect.TextFact, "usual": detect.TextFact,
	}.With(stated()...)
}

// stated are the fields that say where was searched, from where.
func stated() []activity.Field {
	return []activity.Field{activity.FieldApp, activity.FieldIP, activity.FieldCountry, activity.FieldFolder}
}

// Detector is the detector that these settings describe.
func (s *Settings) Detector(r *detect.Rule) detect.Detector {
	d := &detector{rule: r, settings: *s}
	d.field, _ = detect.ParseValue(s.Field)
	d.session, _ = detect.ParseValue(s.Session)
	d.usual, _ = detect.ParseLevel(s.Usual.Level)
	d.matcher, _ = newMatcher(s.Match, s.AnyOf)
	return d
}

type detector struct {
	rule     *detect.Rule
	settings Settings
	field    detect.Value
	session  detect.Value
	usual    detect.Level
	matcher  *matcher
}

// found is one folded search that holds terms.
type found struct {
	Search
	terms []string
	day   string
}

// Mailbox gives one finding per searched text, and one per set of terms that the mailbox searches for anyway.
func (d *detector) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	var hits []found
	days := map[string]map[string]bool{}  // term → days
	onDay := map[string]map[string]bool{} // day → terms
	known := map[string][]string{}        // terms by query: people search for the same things again and again
	for _, s := range d.fold(t, p) {
		h := found{Search: s, terms: d.terms(s, known)}
		if len(h.terms) == 0 {
			continue
		}
		h.day = detect.TimeText(s.First)[:len("2006-01-02")]
		hits = append(hits, h)
		for _, term := range h.terms {
			if days[term] == nil {
				days[term] = map[string]bool{}
			}
			days[term][h.day] = true
			if onDay[h.day] == nil {
				onDay[h.day] = map[string]bool{}
			}
			onDay[h.day][term] = true
		}
	}
	if d.settings.Together.Terms > 0 {
		return d.hunts(t, p, hits, days)
	}
	return d.findings(t, p, hits, days, onDay)
}

// fold joins the rows that the rule is about into searches: rules that differ in their terms only share them.
func (d *detector) fold(t detect.Timeline, p *detect.Tenant) []Search {
	type key struct {
		fields
		gap time.Duration
	}
	read, gap := fields{d.field, d.session}, d.settings.FoldPrefixes
	return detect.Once(t, key{read, gap}, func() []Search { return fold(t.Timeline, p, t.Matched, read, gap) })
}

// terms lists the terms of a search: of its longest text, and of others that were not steps towards it.
func (d *detector) terms(s Search, known map[string][]string) []string {
	find := func(text string) []string {
		terms, ok := known[text]
		if !ok {
			terms = slices.Clip(d.matcher.find(text))
			known[text] = terms
		}
		return terms
	}
	terms := find(s.Query)
	for _, text := range s.Also {
		for _, term := range find(text) {
			if !slices.Contains(terms, term) {
				terms = append(terms, term)
			}
		}
	}
	return terms
}

// findings groups the searches: by text, or by terms where they are all routine.
func (d *detector) findings(t detect.Timeline, p *detect.Tenant, hits []found, days map[string]map[string]bool,
	onDay map[string]map[string]bool,
) []detect.Finding {
	groups := map[string][]found{}
	names := map[string][]string{}
	var order []string
	for _, h := range hits {
		group := []string{compared(h.Query)}
		if d.routine(h, days) {
			group = append([]string{"usual"}, slices.Sorted(slices.Values(h.terms))...)
		}
		key := strings.Join(group, "\x00")
		if groups[key] == nil {
			order, names[key] = append(order, key), group
		}
		groups[key] = append(groups[key], h)
	}
	findings := make([]detect.Finding, 0, len(order))
	for _, key := range order {
		f := d.finding(t, p, groups[key], names[key], days)
		if !d.routine(groups[key][0], days) {
			f.Confidence = min(100, f.Confidence+d.bonus(groups[key], onDay))
		}
		findings = append(findings, f)
	}
	return findings
}

// routine says whether the mailbox searches for all these terms on enough other days.
func (d *detector) routine(h found, days map[string]map[string]bool) bool {
	if d.settings.Usual.MinDays == 0 {
		return false
	}
	for _, term := range h.terms {
		others := len(days[term])
		if days[term][h.day] {
			others--
		}
		if others < d.settings.Usual.MinDays {
			return false
		}
	}
	return true
}

// bonus is the confidence that the fullest day of the group's searches adds. "invoices" beside "invoice" is no second
// term.
func (d *detector) bonus(hits []found, onDay map[string]map[string]bool) int {
	most := 0
	for _, h := range hits {
		most = max(most, distinct(onDay[h.day]))
	}
	b := d.settings.Bonus
	return min(b.Max, max(0, most-b.EachDistinctOver)*b.Confidence)
}

// distinct counts terms. "invoices" beside "invoice" is no second one.
func distinct[V any](terms map[string]V) (n int) {
	last := ""
	for _, term := range slices.Sorted(maps.Keys(terms)) {
		if n == 0 || !strings.HasPrefix(term, strings.TrimSuffix(last, "*")) {
			n++
		}
		last = term
	}
	return n
}

func (d *detector) finding(t detect.Timeline, p *detect.Tenant, hits []found, group []string,
	days map[string]map[string]bool,
) detect.Finding {
	var rows []int
	var terms, also []string
	seen := map[string]bool{}
	for _, h := range hits {
		rows = append(rows, h.Rows...)
		also = append(also, h.Also...)
		terms = append(terms, h.terms...)
		seen[h.day] = true
	}
	slices.Sort(rows)
	also = compact(also)
	routine := d.routine(hits[0], days)
	usual := ""
	if routine {
		usual = fmt.Sprintf("searched for on %d days", len(days[hits[0].terms[0]]))
	}
	f := detect.New(d.rule, t, p, rows, group,
		detect.Say("query", hits[0].Query),
		detect.Say("terms", compact(terms)),
		detect.Say("searches", len(hits)),
		detect.Say("rows", len(rows)),
		detect.Say("days", len(seen)),
		detect.List("also_typed", also).If(len(also) > 0),
		detect.Say("usual", usual).If(routine),
		detect.Fields(stated()...))
	if routine {
		f.Level = min(f.Level, d.usual)
	}
	return f
}

func compact(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }
