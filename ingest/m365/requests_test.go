package m365

import (
	"path/filepath"
	"testing"
	"time"

	"triage/ingest/m365/disk/disktest"
	"triage/ingest/m365/m365test"
)

// Promise: a mailbox that does little costs few requests: 2,750 activities of half a year in at most 40, where a request for each
// day took 217.
func TestFewRequests(t *testing.T) {
	activities := m365test.Generate(2750, 7)
	first, last := activities[0].Time, activities[0].Time
	for _, a := range activities {
		if a.Time.Before(first) {
			first = a.Time
		}
		if a.Time.After(last) {
			last = a.Time
		}
	}
	// As many in half a year, whatever the generator spreads them over.
	stretch := float64(180*day) / float64(last.Sub(first)+time.Hour)
	for i := range activities {
		a := &activities[i]
		at := start.Add(-180 * day).Add(time.Duration(float64(a.Time.Sub(first)) * stretch)).Truncate(time.Second)
		a.JSON = []byte(`{"Id":"` + a.ID + `","TimeStamp":"` + at.Format(time.RFC3339) + `"}`)
		a.Time = at
	}
	s := newStage(t, activities)
	f := s.fetch(t, filepath.Join(t.TempDir(), "a.jsonl"))
	f.files = disktest.Mortal{}
	result, err := f.Run(t.Context())
	if err != nil || result.Activities != 2750 {
		t.Fatalf("%+v, %v", result, err)
	}
	t.Logf("%d requests", s.service.Requests())
	if s.service.Requests() > 40 {
		t.Errorf("%d requests", s.service.Requests())
	}
}
