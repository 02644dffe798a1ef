package sequence

import (
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"triage/rules/detect"
	"triage/rules/detect/detecttest"
)

// strange says how strange acts are, in tenths; of others it is not known.
type strange map[uint32]int

func (s strange) Strangeness(index uint32) (int, bool) { tenths, ok := s[index]; return tenths, ok }
func (s strange) StrangeWhy(uint32) []string           { return nil }
func (s strange) Line(uint32) string                   { return "" }
func (s strange) Shared(uint32, int64) bool            { return false }

// What was done where the owner is known to be is no step; what is strange is one, and what nobody knows.
func TestFamiliar(t *testing.T) {
	c, err := detecttest.Case(header + `
2026-03-02T08:00:00Z | ann@contoso.com | a1 | logon  | success | 192.0.2.1 | geo    | NG
2026-03-03T08:00:00Z | ann@contoso.com | a2 | search |         |           | search | wire
`)
	if err != nil {
		t.Fatal(err)
	}
	var n yaml.Node
	if err := yaml.Unmarshal([]byte("{type: search}"), &n); err != nil {
		t.Fatal(err)
	}
	search, err := detecttest.Where(n.Content[0])
	if err != nil {
		t.Fatal(err)
	}
	limit := 1.0
	for _, s := range []Settings{
		{By: []string{"mailbox"}, Within: 72 * time.Hour, Steps: []Step{{Rule: "geo"}, {Rule: "search", Familiar: &limit}}},
		{By: []string{"mailbox"}, Within: 72 * time.Hour, Steps: []Step{{Rule: "geo"}, {Where: search, Familiar: &limit}}},
	} {
		if err := s.Validate(); err != nil {
			t.Fatal(err)
		}
		for _, x := range []struct {
			of   strange
			want int
		}{{strange{1: 10}, 0}, {strange{1: 11}, 1}, {strange{0: 40}, 1}, {nil, 1}} {
			p := &detect.Tenant{Case: c}
			if x.of != nil {
				p.Context = x.of
			}
			d := s.Detector(&detect.Rule{ID: "chain", Level: detect.High, Confidence: 80}).(detect.Sequencer)
			if got := len(d.Sequence(found(c, p), p)); got != x.want {
				t.Errorf("%v: %d chains, want %d", x.of, got, x.want)
			}
		}
	}
	for _, wrong := range []float64{-1, 6} {
		s := Settings{By: []string{"mailbox"}, Within: 1, Steps: []Step{{Rule: "a", Familiar: &wrong}, {Rule: "b"}}}
		if s.Validate() == nil {
			t.Errorf("familiar: %v is taken", wrong)
		}
	}
}
