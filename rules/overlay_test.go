package rules_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"triage/rules"
	"triage/rules/detect"
	"triage/rules/inline"
	"triage/rules/yamltext"
)

const base = `apiVersion: triage/v1
kind: pack
metadata: {id: base, version: 1.2.0}
lists: {terms: [iban, Wire Transfer, payroll], countries: []}
macros: {person: {lane: person}}
rules:
- id: a.one
  title: One
  detector: watch
  level: low
  family: search
  where: {type: search}
  watch: {any_of: $terms, baseline: {min_days: 5}}
- {id: a.two, title: Two, detector: match, level: low, family: search, where: {type: logon, all: [$person]}}
- {id: b.three, title: Three, detector: match, level: low, family: search}
exceptions:
- {id: firm, rules: [b.three], where: {country|in: $countries}, reason: the firm's own}
`

// An overlay lays lists, settings, conditions and exceptions over what it extends; a later pack wins.
func TestOverlay(t *testing.T) {
	path := write(t, "acme/acme.yaml", head+`
extends: [../base.yaml, ../firm/firm.yaml]
lists:
  terms: {append: [overboeking, iban], remove: [WIRE TRANSFER]}
  countries: [NL]
override:
  a.one: {level: high, confidence: 60, set: {watch.baseline.min_days: 10, watch.window: 7d}, where_also: {app: Web}}
  a.two: {enabled: false, reason: "noise, ticket 12"}
exceptions:
- {id: trip, rules: ["b.*"], where: {country: SG}, reason: travel, by: jd, expires: 2026-06-30}
`, "base.yaml", base, "firm/firm.yaml", strings.Replace(head, "acme", "firm", 1)+`
extends: [../base.yaml]
override: {a.one: {level: critical}}
lists: {terms: {append: [sepa]}}
`)
	set := load(t, rules.Options{Paths: []string{path}, Lists: []string{filepath.Dir(filepath.Dir(path))}, AsOf: day("2026-06-30")})
	if got := ids(set); !slices.Equal(got, []string{"a.one", "b.three"}) {
		t.Fatalf("rules: got %v", got)
	}
	one := set.Rule("a.one")
	s := one.Detector.(watcher).watchSettings
	if one.Level != detect.High || one.Confidence != 60 || s.Baseline.MinDays != 10 || s.Window != 7*24*time.Hour {
		t.Errorf("override: got %v %d %+v", one.Level, one.Confidence, s)
	}
	if want := []string{"iban", "payroll", "sepa", "overboeking"}; !slices.Equal(s.AnyOf, want) {
		t.Errorf("list: got %v, want %v", s.AnyOf, want)
	}
	if got := one.Where.Reads(); !slices.Equal(got, []string{"app", "type"}) {
		t.Errorf("where_also must narrow: reads %v", got)
	}
	if len(set.Disabled) != 1 || set.Disabled[0].ID != "a.two" || set.Disabled[0].Reason != "noise, ticket 12" {
		t.Errorf("disabled: got %v", set.Disabled)
	}
	if len(set.Exceptions) != 2 || set.Exceptions[1].By != "jd" || !set.Exceptions[1].Covers("b.three") || set.Exceptions[1].Covers("a.one") {
		t.Errorf("exceptions: got %+v", set.Exceptions)
	}
	var packs []string
	for _, p := range set.Packs {
		packs = append(packs, p.ID+"@"+p.Version)
		if p.Extended != (p.ID != "acme") {
			t.Errorf("%s: extended is %v", p.ID, p.Extended)
		}
	}
	if want := []string{"base@1.2.0", "firm@1.0.0", "acme@1.0.0"}; !slices.Equal(packs, want) {
		t.Errorf("packs: got %v, want %v", packs, want)
	}
}

// An exception holds through its last day, and is named once it is over.
func TestExceptionsExpire(t *testing.T) {
	path := write(t, "a.yaml", head+`rules:
- {id: a.b, title: T, detector: match, level: low, family: search, exceptions: [{id: e, where: {op: x}, expires: 2026-06-30}]}
`)
	f := func(asOf time.Time, inForce bool) {
		t.Helper()
		set := load(t, rules.Options{Paths: []string{path}, AsOf: asOf})
		if (len(set.Exceptions) == 1) != inForce || (len(set.Expired) == 1) == inForce {
			t.Errorf("%v: got %d in force, %d expired", asOf, len(set.Exceptions), len(set.Expired))
		}
	}
	f(day("2026-06-30"), true)
	f(day("2026-07-01"), false)
	f(day("2026-06-30").Add(23*time.Hour), true)
	f(time.Time{}, true)
}

// Lists of CSV files are found beside the pack that names them; a missing optional one is empty.
func TestListsFromFiles(t *testing.T) {
	path := write(t, "a.yaml", head+`extends: [sub/b.yaml]
lists:
  gone: {file: gone.csv, column: x, optional: true}
`, "sub/b.yaml", strings.Replace(head, "acme", "b", 1)+"lists: {vpn: {file: lists/vpn.csv, column: ASN}}\n",
		"sub/lists/vpn.csv", "\ufeffname, asn\n# a comment\n\"One, Inc\",64500\nTwo,\nThree, 64501 \nFour,64500\n")
	set := load(t, rules.Options{Paths: []string{path}})
	if !slices.Equal(set.Lists["vpn"], []string{"64500", "64501"}) || len(set.Lists["gone"]) != 0 {
		t.Errorf("got %v", set.Lists)
	}
}

// A folder with a pack.yaml is one pack; its sum is what sha256sum says of its files.
func TestFolderIsOnePack(t *testing.T) {
	dir := filepath.Dir(write(t, "pack.yaml", head+"lists: {x: [a]}\n",
		"z.yaml", "rules:\n- {id: z.z, title: T, detector: match, level: low, family: search, where: {op|in: $x}}\n",
		"a.yaml", "rules:\n- {id: a.a, title: T, detector: match, level: low, family: search}\n", "README.md", "no pack"))
	set := load(t, rules.Options{Paths: []string{dir}})
	if got := ids(set); !slices.Equal(got, []string{"a.a", "z.z"}) || len(set.Packs) != 1 || len(set.Packs[0].Files) != 3 {
		t.Errorf("got %v of %+v", got, set.Packs)
	}
}

// What Effective writes is a pack that has the same effect, so the sum in a report can be checked against it.
func TestEffectiveIsItsOwnFixedPoint(t *testing.T) {
	path := write(t, "acme.yaml", head+`extends: [base.yaml]
lists: {terms: {append: ["010", "NO", "yes", "$100", "multi\nline", "# no comment", ""]}}
override:
  a.one: {set: {watch.baseline.min_days: 10}, where_also: {app|not: "", count|gt: 010}, level: high}
  a.two: {enabled: false, reason: noise}
`, "base.yaml", base)
	set := load(t, rules.Options{Paths: []string{path}})
	text := rules.Effective(set)
	again := load(t, rules.Options{Paths: []string{write(t, "effective.yaml", string(text))}})
	if set.SHA256 != again.SHA256 || set.SHA256 == "" {
		t.Errorf("sums differ:\n%s\n%s", text, rules.Effective(again))
	}
	if len(again.Rules) != 2 || again.Rule("a.one").Level != detect.High || len(again.Disabled) != 1 {
		t.Errorf("effect differs: %v", ids(again))
	}
}

// Loading twice gives the same bytes, warnings included.
func TestLoadIsDeterministic(t *testing.T) {
	path := write(t, "acme.yaml", head+"extends: [base.yaml]\nlists: {z: [1], y: [2], x: [3]}\n", "base.yaml", base)
	one, two := load(t, rules.Options{Paths: []string{path}}), load(t, rules.Options{Paths: []string{path}})
	if !slices.Equal(one.Warnings, two.Warnings) || !bytes.Equal(rules.Effective(one), rules.Effective(two)) {
		t.Error("two loads of the same files differ")
	}
}

// Inline tests are bound with their rows as the source names them.
func TestInlineTests(t *testing.T) {
	path := write(t, "a.yaml", head+`rules: [{id: a.b, title: T, detector: match, level: low, family: search}]
tests:
- name: fires
  given:
  - {source: activities, TimeStamp: "2018-05-02T08:11:00Z", n: 3, deep: {list: [true, null, 1.5]}, repeat: {every: 1d, times: 30}}
  - {source: audit, mailbox: a@contoso.com, CreationTime: 2018-05-02}
  expect: [{rule: a.b, count: 2, at: [0, 1], level: low}, {rule: a.b}, {no_other: true}]
`)
	test := load(t, rules.Options{Paths: []string{path}}).Tests[0]
	if g := test.Given[0]; g.Source != "activities" || g.Mailbox != "owner@contoso.com" || g.Repeat.Times != 30 ||
		g.Repeat.Every != 24*time.Hour || g.Fields["n"] != int64(3) || g.Fields["repeat"] != nil {
		t.Errorf("given: got %+v", g)
	}
	if g := test.Given[1]; g.Fields["CreationTime"] != "2018-05-02" || g.Mailbox != "a@contoso.com" || g.Repeat.Times != 1 {
		t.Errorf("given: got %+v", g)
	}
	want := []inline.Expect{
		{Rule: "a.b", Count: 2, At: []int{0, 1}, Level: "low"}, {Rule: "a.b", Count: -1}, {Count: -1, NoOther: true},
	}
	for i, e := range test.Expect {
		if e.Rule != want[i].Rule || e.Count != want[i].Count || !slices.Equal(e.At, want[i].At) || e.NoOther != want[i].NoOther || e.Level != want[i].Level {
			t.Errorf("expect %d: got %+v, want %+v", i, e, want[i])
		}
	}
}

// A pack that is too large or too deep is refused before it costs anything.
func TestLimits(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		_, err := rules.Load(kinds(), rules.Options{Paths: []string{write(t, "a.yaml", text)}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %.200v, want %s", err, want)
		}
	}
	f(head+"lists: {a: ["+strings.Repeat("x, ", 2<<20)+"]}\n", "error[R003]")
	f(head+"macros: {a: "+strings.Repeat("[", 80)+strings.Repeat("]", 80)+"}\n", "nested deeper than 64 levels")
	f(head+"macros: {a: "+strings.Repeat("[", 20_000)+"}\n", "error[R00")
}

// The schema is valid, and it accepts the built-in pack's head, the base pack and an overlay, but not mistakes.
func TestSchema(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(rules.Schema(kinds())))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("pack.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("pack.json")
	if err != nil {
		t.Fatal(err)
	}
	f := func(text string, valid bool) {
		t.Helper()
		var v any
		if err := yaml.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		j, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := jsonschema.UnmarshalJSON(bytes.NewReader(j))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(plain); (err == nil) != valid {
			t.Errorf("valid = %v wanted: %v", valid, err)
		}
	}
	core, err := os.ReadFile("packs/core/pack.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f(string(core), true)
	f(base, true)
	f(head+"lists: {a: {append: [x]}, b: {file: x.csv, column: y}}\noverride: {a.b: {set: {x.y: 1}, where_also: {op: x}}}\n", true)
	f(head+"home: [NL, {mailbox: a@contoso.com, countries: [NL, $c]}]\ntravel: [{mailbox: a@contoso.com, country: SG, from: '2026-03-02', to: '2026-03-09', reason: x}]\negress: [192.0.2.0/24, {networks: $n, by: jd}]\n", true)
	softened := head + "rules: [{id: a.b, detector: watch, level: medium, family: search, "
	f(softened+"escalate: [{where: {strangeness|gte: 2.5}, level: high}], soften: [{where: $known}, {if: {a: 1}, level: low}]}]\n", true)
	f(softened+"escalate: [{where: {strangeness|gte: 2.5}}]}]\n", false)
	f(softened+"soften: [{where: {op: x}, if: {a: 1}}]}]\n", false)
	f(softened+"soften: [{level: low}]}]\n", false)
	f(head+"override: {a.b: {soften: [], escalate: {append: [{if: {a: 1}, level: high}]}}}\n", true)
	f(head+"override: {a.b: {soften: {add: []}}}\n", false)
	given := head + "tests: [{name: x, expect: [{rule: a.b}], given: [{source: audit, strangeness: "
	f(given+"2.5}]}]\n", true)
	f(given+"25}]}]\n", false)
	f(head+"home: [Netherlands]\n", false)
	f(head+"travel: [{mailbox: a@contoso.com, country: SG, from: '2026-03-02', to: '2026-03-09'}]\n", false)
	f(head+"egress: [{network: 192.0.2.1}]\n", false)
	rule := head + "rules: [{id: a.b, detector: watch, level: low, family: search, "
	f(rule+"where: {type|in: [logon, $x], params.Name|re|not: x, forward_external: true}, watch: {window: 7d, boost: {app|in: [x], confidence: 3}}}]", true)
	f(rule+"where: {type: logn}}]", false)
	f(rule+"where: {rawquerry: x}}]", false)
	f(rule+"where: {op|contians: x}}]", false)
	f(rule+"watch: {windw: 7d}}]", false)
	f(rule+"severity: high}]", false)
}

// No pack makes the loader panic, and what loads can be written and loaded again.
func FuzzLoad(f *testing.F) {
	f.Add(base)
	f.Add(base + `moved: {rules: {a.old: a.one, old.two: a.two, a.gone: {gone: why}}, settings: {watch.least: watch.at_least}}
override: {a.old: {level: high, set: {watch.least: 2}}, a.gone: {level: low}}
decisions: [{fingerprint: eee311117aa71d71446dd01874cfb963498192e93554a9c2a571d229df13fcaa, verdict: benign, reason: r, rule: a.old}]
`)
	f.Add(head + `extends: ['builtin:core']
moved: {rules: {a.x: a.one}}
exceptions: [{id: e, rules: [a.x, "*.x"], reason: r}]
tests: [{name: n, given: [{source: audit}], expect: [{rule: a.x}]}]
`)
	archives, err := filepath.Glob("testdata/bad/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range archives {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		_, text, _ := strings.Cut(string(data), " --\n")
		text, _, _ = strings.Cut(text, "\n-- ")
		f.Add(text + "\n")
	}
	f.Fuzz(func(t *testing.T, text string) {
		try := func(text []byte) (*rules.Set, error) {
			packs := fstest.MapFS{
				"a/pack.yaml": {Data: text}, "a/l.csv": {Data: []byte("asn\n1\n")}, "core/pack.yaml": {Data: []byte(base)},
			}
			return rules.Load(kinds(), rules.Options{Paths: []string{"builtin:a"}, FS: packs})
		}
		set, err := try([]byte(text))
		if err != nil {
			if len(err.(yamltext.Problems)) == 0 || strings.ContainsAny(err.Error(), "\x1b\x07\r") {
				t.Errorf("problems: %q", err)
			}
			return
		}
		if again, err := try(rules.Effective(set)); err != nil || again.SHA256 != set.SHA256 {
			t.Errorf("effective pack: %v\n%s", err, rules.Effective(set))
		}
	})
}
