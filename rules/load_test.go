package rules_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/ingest/activity"
	"triage/rules"
	"triage/rules/detect"
)

// watchSettings has a field of every type that settings may have.
type watchSettings struct {
	Field    string            `yaml:"field" doc:"field to watch"`
	AnyOf    []string          `yaml:"any_of" doc:"values"`
	Codes    []int             `yaml:"codes" doc:"codes"`
	Share    float64           `yaml:"share" doc:"share of days"`
	Least    int               `yaml:"at_least" doc:"least count"`
	Loud     bool              `yaml:"loud" doc:"say more"`
	Window   time.Duration     `yaml:"window" doc:"how long"`
	Baseline watchBaseline     `yaml:"baseline" doc:"what is usual"`
	Boost    watchBoost        `yaml:"boost" doc:"more confidence"`
	Only     *detect.Where     `yaml:"only" doc:"narrower"`
	Also     []*detect.Where   `yaml:"also" doc:"each of them"`
	Steps    []watchStep       `yaml:"steps" doc:"in order"`
	Facts    map[string]string `yaml:"facts" doc:"facts to state"`
	Level    detect.Level      `yaml:"to" doc:"level"`
}

type watchBaseline struct {
	MinDays int `yaml:"min_days" doc:"days"`
}

type watchBoost struct {
	Where      *detect.Where `yaml:",inline" doc:"conditions"`
	Confidence int           `yaml:"confidence" doc:"points"`
}

type watchStep struct {
	Rule string `yaml:"rule" doc:"rule id"`
}

func (s *watchSettings) Validate() error {
	var errs []error
	if s.Least < 0 {
		errs = append(errs, detect.FieldError{Path: "at_least", Reason: "want >= 0"})
	}
	if s.Baseline.MinDays < 1 {
		errs = append(errs, detect.FieldError{Path: "baseline.min_days", Reason: "want > 0"})
	}
	return errors.Join(errs...)
}

func (s *watchSettings) States() detect.Facts {
	return detect.Facts{
		"lasted": detect.LengthFact, "days": detect.NumberFact, "since": detect.TimeFact, "sure": detect.TrueFact, "why": detect.TextFact,
	}.With(activity.FieldCountry, activity.FieldType)
}

func (s *watchSettings) Detector(*detect.Rule) detect.Detector { return watcher{s} }

type watcher struct{ *watchSettings }

func (watcher) Mailbox(detect.Timeline, *detect.Tenant) []detect.Finding { return nil }

// watch is a detector that uses every kind of setting.
func kinds() []detect.Kind {
	return []detect.Kind{
		{Name: "watch", Doc: "Watches.", Settings: func() detect.Settings {
			return &watchSettings{Baseline: watchBaseline{MinDays: 5}}
		}},
		{Name: "match", Doc: "Matches.", Settings: func() detect.Settings { return &plainSettings{} }},
	}
}

type plainSettings struct{}

func (*plainSettings) Validate() error                       { return nil }
func (*plainSettings) States() detect.Facts                  { return detect.Facts{"a": detect.TextFact} }
func (*plainSettings) Detector(*detect.Rule) detect.Detector { return watcher{} }

const head = "apiVersion: triage/v1\nkind: pack\nmetadata: {id: acme, version: 1.0.0}\n"

// write puts packs into a folder of their own and returns the path of the first.
func write(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i+1 < len(files); i += 2 {
		path := filepath.Join(dir, files[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, files[0])
}

func load(t *testing.T, opts rules.Options) *rules.Set {
	t.Helper()
	set, err := rules.Load(kinds(), opts)
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	return set
}

func ids(set *rules.Set) []string {
	var ids []string
	for _, r := range set.Rules {
		ids = append(ids, r.ID)
	}
	return ids
}

// Every type of setting is bound, lists are resolved, defaults stay where the rule says nothing.
func TestSettingsAreBound(t *testing.T) {
	set := load(t, rules.Options{Paths: []string{write(t, "a.yaml", head+`
lists:
  terms: [wire transfer, iban]
macros:
  person: {lane: person}
rules:
- id: a.b
  title: T
  detector: watch
  level: high
  family: search
  where: {type: search, all: [$person]}
  message: "{actor} made {params.Name}"
  watch:
    field: params.Other
    any_of: [$terms, "$100"]
    codes: [50126, 50053]
    share: 0.25
    at_least: 3
    loud: true
    window: 1d12h
    boost: {app|in: [IMAP4], confidence: 20}
    only: {type: logon}
    also: [{op: x}, {raw.Item.Id: y}]
    steps: [{rule: a.b}, {rule: a.b}]
    facts: {one: op}
    to: critical
`)}})
	s := set.Rules[0].Detector.(watcher).watchSettings
	if !slices.Equal(s.AnyOf, []string{"wire transfer", "iban", "$100"}) || !slices.Equal(s.Codes, []int{50126, 50053}) {
		t.Errorf("lists: got %v %v", s.AnyOf, s.Codes)
	}
	if s.Share != 0.25 || s.Least != 3 || !s.Loud || s.Window != 36*time.Hour || s.Level != detect.Critical {
		t.Errorf("scalars: got %+v", s)
	}
	if s.Baseline.MinDays != 5 {
		t.Errorf("default: got %d, want 5", s.Baseline.MinDays)
	}
	if s.Boost.Where == nil || s.Boost.Confidence != 20 || len(s.Also) != 2 || s.Only == nil {
		t.Errorf("conditions: got %+v", s)
	}
	if len(s.Steps) != 2 || s.Steps[1].Rule != "a.b" || s.Facts["one"] != "op" {
		t.Errorf("nested: got %+v", s)
	}
	if !set.Interest.Params["name"] || !set.Interest.Params["other"] || !slices.Equal(set.Interest.Raw, []string{"Item.Id"}) {
		t.Errorf("interest: got %+v", set.Interest)
	}
	if r := set.Rules[0]; r.Confidence != 80 || !slices.Equal(r.Entities, []string{"mailbox", "ip", "session"}) {
		t.Errorf("defaults of a rule: got %+v", r)
	}
}

// The built-in core pack is valid with any list of detectors that it uses; without paths it is what loads.
func TestAMistypedFieldIsNamedWithItsPlace(t *testing.T) {
	path := write(t, "a.yaml", head+`rules:
- {id: geo.new-country, title: T, detector: match, level: high, family: location, where: {rawquerry: x}}
`)
	_, err := rules.Load(kinds(), rules.Options{Paths: []string{path}})
	want := path + `:5:91: error[R012]: rule "geo.new-country": unknown field "rawquerry", did you mean "query"?
    - {id: geo.new-country,`
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func day(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return d
}
