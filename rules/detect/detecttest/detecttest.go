// Package detecttest runs a detector over small invented cases that a test file spells out row by row, and compares
// what it finds with what the file says.
//
// A case is a txtar file. Its comment says which promise it keeps. Its sections:
//
//	-- rule --      the rule: level, confidence, message, escalate, soften, of, where, and the detector's settings under settings
//	-- places --    one network a line: prefix, country, asn, class, organisation; "-" where unknown
//	-- lists --     optional: the pack's lists, as YAML
//	-- declared --  optional: home, travel and egress of the pack, one a line
//	-- rows --      a header naming columns, then one activity a line, cells parted by "|"
//	-- want --      what [Run] must print
//
// The cell time may say "2018-05-01T08:00:00Z every 24h x 30". Columns are field names of rules; "id" names a row for
// the findings' evidence (else its line), params.<Name> and any other detail are kept as written, a detail's several
// values are parted by " ;; ". The columns strangeness and strange_why are the case's context; without
// them nobody knows any. The default mailbox is owner@contoso.com, the default actor the mailbox.
package detecttest

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"gopkg.in/yaml.v3"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// Owner is the mailbox of rows that name none.
const Owner = "owner@contoso.com"

// Files runs every testdata/*.txtar of the package under test as a sub-test. update rewrites what they want.
func Files(t *testing.T, kind detect.Kind, update bool) {
	t.Helper()
	FilesIn(t, "testdata", kind, update)
}

// FilesIn is Files for another folder than testdata.
func FilesIn(t *testing.T, folder string, kind detect.Kind, update bool) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s/*.txtar: found %d, %v", folder, len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { testFile(t, kind, path, update) })
	}
}

// Update is the flag -update, registered once per test binary: `go test ./... -args -update`.
func Update() *bool { return flag.Bool("update", false, "rewrite the wanted findings") }

func testFile(t *testing.T, kind detect.Kind, path string, update bool) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Run(kind, archive)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want" })
	if i < 0 {
		t.Fatal("no section want")
	}
	if want := string(archive.Files[i].Data); got == want {
		return
	} else if !update {
		t.Fatalf("got:\n%s\nwant:\n%s", got, want)
	}
	archive.Files[i].Data = []byte(got)
	if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Run judges the case that an archive spells out and prints the findings, by mailbox, and what could not be judged.
func Run(kind detect.Kind, archive *txtar.Archive) (string, error) {
	rule, states, err := parseRule(kind, section(archive, "rule"))
	if err != nil {
		return "", err
	}
	places, err := parsePlaces(section(archive, "places"))
	if err != nil {
		return "", err
	}
	c, names, err := parseRows(section(archive, "rows"))
	if err != nil {
		return "", err
	}
	lists := map[string][]string{}
	if err := yaml.Unmarshal([]byte(section(archive, "lists")), &lists); err != nil {
		return "", fmt.Errorf("lists: %w", err)
	}
	declared, err := parseDeclared(section(archive, "declared"))
	if err != nil {
		return "", err
	}
	var out strings.Builder
	tenant := &detect.Tenant{
		Case: c, Places: places.of(c), Lists: lists, Declared: declared, Domains: detect.NewDomains(c, nil), Context: contextOf(c),
	}
	tenant.Unable = func(n detect.NotEvaluated) {
		fmt.Fprintf(&out, "%s: not evaluated: %s\n", c.Text(n.Mailbox), n.Reason)
	}
	for _, f := range Judge(rule, c, tenant) {
		if err := declaredFacts(&f, states); err != nil {
			return "", err
		}
		printFinding(&out, c, &f, names)
	}
	return out.String(), nil
}

// declaredFacts holds what a finding states against what its detector says that it may: by that, rules are refused.
func declaredFacts(f *detect.Finding, states detect.Facts) error {
	for _, fact := range f.Facts {
		text, err := fmt.Sprint(fact.Value), error(nil)
		_, number := fact.Value.(int)
		switch states[fact.Name] {
		case detect.NumberFact:
			if !number {
				err = errors.New("no number")
			}
		case detect.LengthFact:
			_, err = time.ParseDuration(text)
		case detect.TimeFact:
			_, err = time.Parse(time.RFC3339, text)
		case detect.TrueFact:
			if fact.Value != true {
				err = errors.New("not true")
			}
		default:
			if number {
				err = errors.New("a number, and not declared as one")
			}
		}
		if err != nil {
			return fmt.Errorf("fact %s: %v: %w", fact.Name, fact.Value, err)
		}
	}
	return nil
}

// Judge runs a rule's detector over every timeline of a case as a run does: profiles first, then mailboxes, tenant.
func Judge(rule *detect.Rule, c *activity.Case, tenant *detect.Tenant) []detect.Finding {
	lines := c.Timelines()
	matched := make([]detect.Timeline, len(lines))
	for i, line := range lines {
		matched[i] = detect.Timeline{Timeline: line, Copies: detect.Copies(line), Shared: &detect.SharedWork{}}
		for row, place := range line.Rows {
			if rule.Where.Holds(line.At(row), tenant) && (rule.OfActor || !place.ActorCopy()) {
				matched[i].Matched = append(matched[i].Matched, row)
			}
		}
	}
	if p, ok := rule.Detector.(detect.Profiler); ok {
		for i, t := range matched {
			part := p.Profile(t, tenant)
			if i > 0 {
				part = p.Merge(tenant.Partial, part)
			}
			tenant.Partial = part
		}
	}
	var findings []detect.Finding
	for _, t := range matched {
		findings = append(findings, rule.Detector.Mailbox(t, tenant)...)
	}
	if d, ok := rule.Detector.(detect.TenantDetector); ok {
		findings = append(findings, d.Tenant(tenant.Partial, tenant)...)
	}
	weigher := detect.NewWeights([]*detect.Rule{rule}).Of(tenant)
	for i := range findings {
		weigher.Weigh(&findings[i])
	}
	return findings
}

func section(archive *txtar.Archive, name string) string {
	for _, f := range archive.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// printFinding prints one finding: who and how bad, what makes it this one, its facts, and the rows that cause it.
func printFinding(out *strings.Builder, c *activity.Case, f *detect.Finding, names map[string]string) {
	fmt.Fprintf(out, "%s: %s %d: %s (%d)\n", c.Text(f.Mailbox), f.Level, f.Confidence, strings.Join(f.Group, " / "), f.Count)
	fmt.Fprintf(out, "\t%s to %s\n", detect.TimeText(f.First), detect.TimeText(f.Last))
	for _, fact := range f.Facts {
		fmt.Fprintf(out, "\t%s: %s\n", fact.Name, factText(fact.Value))
	}
	fmt.Fprintf(out, "\trows: %s\n", rowNames(c, f.Evidence, names))
}

func factText(v any) string {
	if list, ok := v.([]string); ok {
		return strings.Join(list, ", ")
	}
	return fmt.Sprint(v)
}

// rowNames names at most six rows: a case of thirty repeated ones stays readable.
func rowNames(c *activity.Case, indexes []uint32, names map[string]string) string {
	const most = 6
	var words []string
	for i, index := range indexes {
		if i == most {
			words = append(words, "…")
			break
		}
		words = append(words, names[c.Activities[index].ID.String()])
	}
	return strings.Join(words, " ")
}
