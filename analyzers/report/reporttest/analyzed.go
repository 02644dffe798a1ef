package reporttest

import (
	"context"
	"testing"
	"time"

	"triage/analyzers"
	"triage/analyzers/report"
	"triage/analyzers/report/draw"
	"triage/geo"
	"triage/ingest"
	"triage/ingest/activity"
	"triage/rules"
	"triage/rules/detect"
)

// Analyzed is the report on files of a shipped case, by the built-in rules and databases.
func Analyzed(t *testing.T, paths ...string) *report.Report {
	t.Helper()
	return NewAnalyst(t).Report(t, draw.Filter{}, paths...)
}

func NewAnalyst(t *testing.T) *Analyst {
	t.Helper()
	a := &Analyst{asOf: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)}
	var err error
	if a.set, err = rules.Load(analyzers.Kinds(), rules.Options{AsOf: a.asOf}); err != nil {
		t.Fatal(err)
	}
	if a.locator, err = geo.Open(geo.Options{}); err != nil {
		t.Fatal(err)
	}
	return a
}

// Analyst has the built-in rules and databases ready.
type Analyst struct {
	asOf    time.Time
	set     *rules.Set
	locator *geo.Locator
}

// Report is what a filter lets through of the report on files.
func (a *Analyst) Report(t *testing.T, filter draw.Filter, paths ...string) *report.Report {
	t.Helper()
	return a.Reports(t, []draw.Filter{filter}, paths...)[0]
}

// Reports analyses files once and reports once for each filter.
func (a *Analyst) Reports(t *testing.T, filters []draw.Filter, paths ...string) (list []*report.Report) {
	t.Helper()
	ctx := t.Context()
	files, err := ingest.Open(ctx, paths, ingest.Options{Interest: a.set.Interest})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := files.Close(); err != nil {
			t.Error(err)
		}
	}()
	places := func(c *activity.Case) detect.Places { return analyzers.NewPlaces(a.locator, c) }
	result, err := analyzers.RunTenants(ctx, files.Case, a.set, places, analyzers.Options{AsOf: a.asOf})
	if err != nil {
		t.Fatal(err)
	}
	for _, filter := range filters {
		r, err := draw.Build(ctx, draw.Source{
			Result: result, Version: "test", AsOf: a.asOf, EffectiveRules: a.set.SHA256, Filter: filter,
			Records: draw.RecordsFunc(func(ctx context.Context, origins []activity.Origin, most int) ([]draw.CitedRecord, error) {
				found, err := files.Evidence(ctx, origins, most)
				out := make([]draw.CitedRecord, len(found))
				for i, e := range found {
					out[i] = draw.CitedRecord{Path: e.Path, Line: e.Line, Record: e.Record, Raw: []byte(e.Raw), ServiceID: e.ServiceID}
				}
				return out, err
			}),
		})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	return list
}
