package rules_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"pgregory.net/rapid"

	"triage/analyzers"
	"triage/rules"
	"triage/rules/decision"
)

// Promise: a decision is added where decisions stand, in the file's own indentation and line ends, and not a byte of
// what was there is lost or changed.
func TestDecideAddsLines(t *testing.T) {
	d := decision.Decision{Fingerprint: print1, Verdict: decision.Benign, Reason: "r", Date: day("2026-11-21")}
	const entry = "- fingerprint: \"" + print1 + "\"\n  verdict: benign\n  reason: \"r\"\n  date: 2026-11-21\n"
	const one = "- {fingerprint: \"" + print2 + "\", verdict: malicious, reason: x}\n"
	const decisions = "decisions:\n"
	f := func(pack, want string) {
		t.Helper()
		got, err := decision.Append([]byte(pack), d)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("got:\n%s\nwant:\n%s", got, want)
		}
		set := load(t, rules.Options{Paths: []string{write(t, "acme.yaml", string(got))}})
		if n := len(set.Decisions); n == 0 || set.Decisions[n-1] != d {
			t.Errorf("got %+v, want %+v last", set.Decisions, d)
		}
	}
	indented := func(s string) string {
		return "  " + strings.ReplaceAll(strings.TrimSuffix(s, "\n"), "\n", "\n  ") + "\n"
	}
	dos := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	f(head, head+decisions+entry)
	f(strings.TrimSuffix(head, "\n"), head+decisions+entry)
	f(head+"# the end\n\n", head+"# the end\n"+decisions+entry+"\n")
	f(head+decisions, head+decisions+entry)
	f(head+decisions+"# none yet\nlists: {}\n", head+decisions+entry+"# none yet\nlists: {}\n")
	f(head+decisions+one, head+decisions+one+entry)
	f(head+decisions+one+"# by jd\n", head+decisions+one+"# by jd\n"+entry)
	f(head+decisions+one+"\n# lists\n\nlists: {}\n", head+decisions+one+entry+"\n# lists\n\nlists: {}\n")
	f(head+decisions+indented(one)+"lists: {}\n", head+decisions+indented(one)+indented(entry)+"lists: {}\n")
	f(dos(head+decisions+one+"lists: {}\n"), dos(head+decisions+one+entry+"lists: {}\n"))
	f("---\n"+head+"...\n", "---\n"+head+decisions+entry+"...\n")
	f(indented(head), indented(head)+indented(decisions)+indented(entry))
}

// Promise: where there is no room for lines, the text is left alone with a reason.
func TestDecideRefuses(t *testing.T) {
	f := func(pack, want string) {
		t.Helper()
		if got, err := decision.Append([]byte(pack), decision.Decision{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %q, %v, want an error with %q", pack, got, err, want)
		}
	}
	f("", "not a pack")
	f("- a\n", "not a pack")
	f("{}\n", "not a pack")
	f("a: [\n", "line 1")
	f("{apiVersion: triage/v1, decisions: []}\n", "braces")
	f(head+"decisions: []\n", "brackets")
	f(strings.ReplaceAll(head, "\n", "\r")+"decisions:\rlists: {}\r", "line breaks")
	f(head+"# a\u2028# b\ndecisions:\nlists: {}\n", "line breaks")
	f(head+"decisions: {}\n", "brackets")
}

// Promise: whatever a reason holds, it comes back as it is, changes nothing else, and moves no terminal that shows the
// pack.
func TestDecideQuotes(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		d := decision.Decision{
			Fingerprint: print1, Verdict: decision.Malicious, Reason: rapid.StringN(1, 40, -1).Draw(t, "reason"),
			By: rapid.String().Draw(t, "by"), Rule: rapid.String().Draw(t, "rule"), Mailbox: rapid.String().Draw(t, "mailbox"),
		}
		text, err := decision.Append([]byte(head+"# jd\nlists: {}\n"), d)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range string(text) {
			if r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Fatalf("%U stands bare in %q", r, text)
			}
		}
		path := dir + "/acme.yaml"
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		set, err := rules.Load(kinds(), rules.Options{Paths: []string{path}})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		for _, s := range []*string{&d.Reason, &d.By, &d.Rule, &d.Mailbox} {
			*s = strings.ToValidUTF8(*s, "\uFFFD")
		}
		if len(set.Decisions) != 1 || set.Decisions[0] != d {
			t.Fatalf("got %+v, want %+v of\n%s", set.Decisions, d, text)
		}
	})
}

// Promise: a new overlay loads, whatever its file is called.
func TestNewOverlayLoads(t *testing.T) {
	f := func(name, id string) {
		t.Helper()
		set, err := rules.Load(analyzers.Kinds(), rules.Options{Paths: []string{write(t, "x.yaml", string(rules.NewOverlay(name, nil)))}})
		if err != nil {
			t.Fatal(err)
		}
		if got := set.Packs[len(set.Packs)-1]; got.ID != id {
			t.Errorf("%q: got id %q, want %q", name, got.ID, id)
		}
	}
	f("case/ACME 2026.yaml", "acme-2026")
	f("core.yaml", "decisions")
	f(".yaml", "decisions")
	f("\x1b[2J\".yml", "--2j-")
	f("Größe.yaml", "gr--e")
}

// FuzzDecide: whatever the text, nothing that was there is lost or changed, and if the pack loads with and without the
// decision, it says that one thing more.
func FuzzDecide(f *testing.F) {
	d := decision.Decision{Fingerprint: print1, Verdict: decision.Benign, Reason: "r"}
	f.Add(head)
	f.Add(base + "decisions:\n  - {fingerprint: \"" + print2 + "\", verdict: benign, reason: |\n      x\n# y\nlists: {}\n")
	f.Add("---\r\n" + strings.ReplaceAll(head, "\n", "\r\n") + "decisions: # none\r\n...\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		out, err := decision.Append([]byte(text), d)
		if err != nil {
			return
		}
		before, after := 0, 0
		for before < len(text) && text[before] == out[before] {
			before++
		}
		for after < len(text)-before && text[len(text)-1-after] == out[len(out)-1-after] {
			after++
		}
		if before+after != len(text) {
			t.Fatalf("%q became %q", text, out)
		}
		try := func(text []byte) (*rules.Set, error) {
			packs := fstest.MapFS{"a/pack.yaml": {Data: text}, "core/pack.yaml": {Data: []byte(base)}}
			return rules.Load(kinds(), rules.Options{Paths: []string{"builtin:a"}, FS: packs})
		}
		old, oldErr := try([]byte(text))
		set, err := try(out)
		if oldErr != nil || err != nil {
			return
		}
		if n := len(set.Decisions); n != len(old.Decisions)+1 || set.Decisions[n-1] != d {
			t.Errorf("got %+v of %q", set.Decisions, out)
		}
	})
}
