// Package packtest runs the tests that a pack carries.
package packtest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"triage/analyzers"
	"triage/analyzers/verdict"
	"triage/geo"
	"triage/ingest"
	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/rules"
	"triage/rules/detect"
	"triage/rules/inline"
)

// Result is how one inline test of a pack ended.
type Result struct {
	Test   inline.Test
	Faults []string // what was not as expected; empty: passed
}

// Run runs the inline tests of the packs that were named: their rows are decoded by the readers that exports go
// through, and judged by the whole effective pack. Tests of packs that are only extended do not run, since an overlay
// is there to change what they show. The error is ctx's.
func Run(ctx context.Context, set *rules.Set, l *geo.Locator, asOf time.Time) ([]Result, error) {
	results := make([]Result, 0, len(set.Tests))
	for _, test := range set.Tests {
		if test.Extended {
			continue
		}
		faults, err := testRule(ctx, set, l, asOf, test)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			faults = append(faults, err.Error())
		}
		results = append(results, Result{test, faults})
	}
	return results, nil
}

func testRule(ctx context.Context, set *rules.Set, l *geo.Locator, asOf time.Time, test inline.Test) ([]string, error) {
	b := activity.NewBuilder()
	for i, given := range test.Given {
		if err := addGiven(b, set, uint32(i), given); err != nil {
			return nil, fmt.Errorf("given %d (line %d): %w", i, given.Line, err)
		}
	}
	c := b.Case(ingest.Settle)
	places := func(c *activity.Case) detect.Places { return analyzers.NewPlaces(l, c) }
	if test.Declared != nil {
		with := *set
		with.Declared = test.Declared
		set = &with
	}
	res, err := analyzers.RunTenants(ctx, c, set, places, analyzers.Options{AsOf: asOf, Workers: 1, Context: contextOf(test)})
	if err != nil {
		return nil, err
	}
	var faults []string
	named := map[string]bool{}
	for _, e := range test.Expect {
		named[e.Rule] = true
	}
	for _, e := range test.Expect {
		if e.NoOther {
			faults = append(faults, unnamedFindings(res, named)...)
		} else {
			faults = append(faults, unmet(res, e)...)
		}
	}
	return faults, nil
}

// unnamedFindings are findings of rules that a test does not name. Informational ones do not count: they say what there is.
func unnamedFindings(res *analyzers.Result, named map[string]bool) []string {
	var faults []string
	for f := range res.All() {
		if !named[f.Rule.ID] && f.Suppressed == nil {
			faults = append(faults, fmt.Sprintf("no_other: %s found something as well (%s)", f.Rule.ID, describe(f)))
		}
	}
	return faults
}

func describe(f *verdict.Finding) string {
	parts := []string{f.Level.String()}
	for _, fact := range f.Facts {
		parts = append(parts, fmt.Sprintf("%s: %v", fact.Name, fact.Value))
	}
	return strings.Join(parts, ", ")
}

// unmet compares one expectation with the findings of its rule.
func unmet(res *analyzers.Result, e inline.Expect) []string {
	var mine []*verdict.Finding
	in := map[*verdict.Finding]*activity.Case{}
	for f, c := range res.All() {
		if f.Rule.ID == e.Rule && f.Suppressed == nil {
			in[f] = c
			mine = append(mine, f)
		}
	}
	if e.Count < 0 && len(mine) == 0 {
		return []string{fmt.Sprintf("%s: no finding", e.Rule)}
	}
	if e.Count >= 0 && len(mine) != e.Count {
		return []string{fmt.Sprintf("%s: %d findings, want %d", e.Rule, len(mine), e.Count)}
	}
	var faults []string
	if e.Level != "" && !slices.ContainsFunc(mine, func(f *verdict.Finding) bool { return f.Level.String() == e.Level }) {
		faults = append(faults, fmt.Sprintf("%s: no finding at level %s", e.Rule, e.Level))
	}
	for _, at := range e.At {
		if !slices.ContainsFunc(mine, func(f *verdict.Finding) bool { return rests(in[f], f, uint32(at)) }) {
			faults = append(faults, fmt.Sprintf("%s: given %d is no evidence", e.Rule, at))
		}
	}
	return faults
}

// rests says whether a finding rests on a row of a given, which is an input of its own.
func rests(c *activity.Case, f *verdict.Finding, given uint32) bool {
	for _, at := range f.Evidence {
		for o := range c.Origins(at) {
			if c.Whole(o).File == given {
				return true
			}
		}
	}
	return false
}

// addGiven decodes one row of a test, with its repetitions, as an input of its own.
func addGiven(b *activity.Builder, set *rules.Set, file uint32, given inline.Given) error {
	in := activity.Input{Path: fmt.Sprintf("given %d", file)}
	shard := activity.NewShard(file, set.Interest)
	format, object, err := givenFormat(given)
	if err != nil {
		return err
	}
	in.Source, in.Format = format.Source, format.Name
	for n := range given.Repeat.Times {
		data, err := object(time.Duration(n) * given.Repeat.Every)
		if err != nil {
			return err
		}
		decoder := format.New(record.Head{Shape: record.JSON, Objects: [][]byte{data}})
		if err := decoder.Decode(record.Record{Offset: int64(n), Bytes: data}, shard); err != nil {
			return err
		}
		in.Rows++
	}
	b.Add(in, []*activity.Shard{shard}, given.Mailbox)
	return nil
}

// givenFormat is the reader of a row, and the row as that reader's JSON, later by some time.
func givenFormat(given inline.Given) (record.Format, func(later time.Duration) ([]byte, error), error) {
	for _, s := range activity.Sources() {
		how := s.Given()
		if s.String() != given.Source || how.Format == "" {
			continue
		}
		fields := given.Fields
		if s == activity.SourceActivities {
			fields = activitiesRow(fields)
		}
		for _, f := range ingest.Formats() {
			if f.Name == how.Format {
				return f, func(later time.Duration) ([]byte, error) { return shifted(fields, how.Time, later) }, nil
			}
		}
	}
	return record.Format{}, nil, fmt.Errorf("source %s cannot be given in a test", given.Source)
}

// activitiesRow is a row of Outlook Activities: the API's own fields stay, everything else is a custom property.
func activitiesRow(fields map[string]any) map[string]any {
	own := []string{
		"Id", "TimeStamp", "AppIdType", "ActivityIdType", "ActivityItemId", "ActivityCreationTime", "ClientSessionId",
		"ClientVersion", "TenantId", "SequenceNumber", "ActivityObjectId", "CustomProperties",
	}
	row := map[string]any{}
	var properties []map[string]any
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if slices.Contains(own, name) {
			row[name] = fields[name]
		} else {
			properties = append(properties, map[string]any{"Name": name, "Value": fields[name]})
		}
	}
	if properties != nil {
		row["CustomProperties"] = properties
	}
	return row
}

// shifted is a row as JSON, its time later by so much.
func shifted(fields map[string]any, name string, later time.Duration) ([]byte, error) {
	row := make(map[string]any, len(fields))
	for key, value := range fields {
		row[key] = value
	}
	if text, ok := row[name].(string); !ok && later != 0 {
		return nil, fmt.Errorf("repeat: the row has no %s: the same row again is a duplicate", name)
	} else if later != 0 {
		layout := time.RFC3339
		if !strings.HasSuffix(text, "Z") {
			layout = "2006-01-02T15:04:05" // AuditData's CreationTime has no zone and is UTC
		}
		at, err := time.Parse(layout, text)
		if err != nil {
			return nil, fmt.Errorf("repeat: %w", err)
		}
		row[name] = at.Add(later).Format(layout)
	}
	return json.Marshal(row)
}
