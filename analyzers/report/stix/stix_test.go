package stix

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/iocs"
	"triage/analyzers/report/reporttest"
	"triage/analyzers/report/reporttest/python"
)

// Promise: ids are those that OASIS's own library (stix2 3.0) makes, so that platforms join our observables
// with those of others.
func TestID(t *testing.T) {
	if got, want := id(observables, contributing("198.51.100.3")), "28bb3599-77cd-5a82-a950-b5bc3caf07c4"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Promise: no value ends its quotes.
func TestQuote(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := patternQuoted(in); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	f("a", "'a'")
	f("it's", `'it\'s'`)
	f(`a\`, `'a\\'`)
	f(`\' OR [x:y = '`, `'\\\' OR [x:y = \''`)
	f("\xff", "'\uFFFD'")
}

// sample is a report of one intruder, on a day.
func sample(day string) *report.Report {
	at := report.Time(1_700_000_000_000)
	return &report.Report{
		AsOf: day,
		Intruders: []report.Intruder{{
			Intruder: "A", First: at, Last: at + 1000, Accounts: []string{"a@contoso.com"},
			Addresses: []report.IntruderAddress{{IP: "203.0.113.9", Activities: 3, First: at, Last: at + 1000}, {IP: "2001:db8::1", Activities: 1, First: at, Last: at}},
			Agents:    []string{`curl' OR '1`}, Apps: []string{"0f0f0f0f-0000-4000-8000-000000000001"}, Sessions: []string{"s-1"},
		}},
	}
}

func write(t *testing.T, r *report.Report) bundle {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, r); err != nil {
		t.Fatal(err)
	}
	var b bundle
	if err := json.Unmarshal(out.Bytes(), &b); err != nil {
		t.Fatal(err)
	}
	return b
}

// Promise: every reference leads to an object of the bundle, ids are unique, and what is seen again on another day has its
// id and its time of birth.
func TestBundle(t *testing.T) {
	b := write(t, sample("2026-11-21"))
	objects := map[string]object{}
	for _, o := range b.Objects {
		if objects[o.ID].ID != "" || !strings.HasPrefix(o.ID, o.Type+"--") {
			t.Errorf("%s: twice, or of another type", o.ID)
		}
		objects[o.ID] = o
		if o.Modified < o.Created || o.First > o.Last {
			t.Errorf("%s: %s before %s", o.ID, o.Modified, o.Created)
		}
	}
	kinds := map[string]int{}
	for _, o := range b.Objects {
		kinds[o.Type]++
		for _, ref := range append([]string{o.Source, o.Target}, o.Refs...) {
			if ref != "" && objects[ref].ID == "" {
				t.Errorf("%s: %s is not there", o.ID, ref)
			}
		}
	}
	if kinds["indicator"] != 4 || kinds["ipv4-addr"] != 1 || kinds["ipv6-addr"] != 1 || kinds["observed-data"] != 2 || kinds["report"] != 1 {
		t.Errorf("got %v", kinds)
	}
	later := write(t, sample("2026-12-24"))
	same := 0
	for _, o := range later.Objects {
		if was := objects[o.ID]; was.ID != "" {
			same++
			if was.Created != o.Created {
				t.Errorf("%s was made at %s and at %s", o.ID, was.Created, o.Created)
			}
		}
	}
	if same != len(later.Objects)-1 { // all but the report
		t.Errorf("%d of %d objects are known", same, len(later.Objects))
	}
}

// Promise: a session is nothing for a platform.
func TestNoSession(t *testing.T) {
	if _, pattern := patternOf(&iocs.Indicator{Type: iocs.Session, Value: "s-1"}); pattern != "" {
		t.Errorf("got %s", pattern)
	}
}

// Promise: OASIS's own validator takes the bundle, of an ordinary report and of one whose texts an attacker wrote.
func TestSecondReader(t *testing.T) {
	var paths []string
	want := ""
	for _, word := range []string{"", reporttest.Nasty} {
		r := reporttest.Build(t, reporttest.Sample(word))
		r.Intruders[0].Agents = append(r.Intruders[0].Agents, `x' OR [file:name = 'y`+word, `back\slash`)
		r.Case.TLP = "AMBER+STRICT"
		var out bytes.Buffer
		if err := Write(&out, r); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, python.File(t, "stix.json", out.Bytes()))
		indicators := 0
		list := iocs.Of(r)
		for i := range list.Indicators {
			if _, pattern := patternOf(&list.Indicators[i]); pattern != "" {
				indicators++
			}
		}
		if indicators < 3 {
			t.Errorf("%d indicators", indicators)
		}
		want += fmt.Sprintf("True %d\n", indicators)
	}
	got := python.Run(t, `
import sys, json
from stix2validator import validate_file, ValidationOptions
for path in sys.argv[1:]:
    result = validate_file(path, ValidationOptions(version="2.1"))
    for e in [e for one in result.object_results for e in one.errors]:
        print("error", e)
    print(result.is_valid, sum(o["type"] == "indicator" for o in json.load(open(path))["objects"]))
`, []string{"stix2validator"}, paths...)
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
