package shell

import (
	"slices"
	"strings"
	"testing"
)

func table() Described {
	return Described{Name: "triage", Usage: "does it", Commands: []Described{
		{Name: "analyze", Usage: "examines", UsageText: "triage analyze PATH", Description: "One - two.\n.dot\n\n  triage analyze x\\y", Flags: []Flag{
			{Name: "format", Short: "f", Value: "FORMAT", Usage: "the 'form' …"}, {Name: "force", Usage: "overwrites"}, {Name: "case", Value: "DIR", Usage: "folder"},
		}},
		{Name: "rules", Usage: "packs", Commands: []Described{{Name: "lint", Usage: "faults", UsageText: "triage rules lint"}}},
	}}
}

// Promise: what is offered is what may stand there: commands, flags, values of flags, arguments; nothing where files may.
func TestComplete(t *testing.T) {
	var asked Ask
	f := func(typed string, want ...string) {
		t.Helper()
		asked = Ask{}
		var got []string
		for _, c := range Complete(table(), strings.Split(typed, " "), func(a Ask) []Candidate {
			asked = a
			switch {
			case a.Flag == "format":
				return []Candidate{{Word: "text"}, {Word: "json"}, {Word: "jsonl"}}
			case a.Flag == "" && len(a.Args) == 1:
				return []Candidate{{Word: "F-0001"}, {Word: "$(rm)"}, {Word: "a b"}, {Word: "`x`"}, {Word: "f;g"}}
			}
			return nil
		}) {
			got = append(got, c.Word)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
	f("", "analyze", "rules")
	f("ana", "analyze")
	f("x")
	f("rules ", "lint")
	f("analyze --f", "--format", "--force")
	f("analyze --force --h", "--help")
	f("analyze --format ", "text", "json", "jsonl")
	f("analyze -f JS", "json", "jsonl")
	f("analyze --format=t", "--format=text")
	f("analyze --format = js", "json", "jsonl")             // as bash parts it
	f("analyze --format = text x.csv ", "F-0001")           // … and before the cursor
	f("analyze --format text,j", "text,json", "text,jsonl") // a list
	f("analyze --format=text,j", "--format=text,json", "--format=text,jsonl")
	f("analyze x.csv ", "F-0001") // and nothing that a shell would run
	f("analyze x.csv f-", "F-0001")
	f("analyze x.csv g")
	f("analyze ")
	f("analyze --force ")
	f("analyze --case acme x.csv ", "F-0001")
	if !slices.Equal(asked.Given["case"], []string{"acme"}) || !slices.Equal(asked.Args, []string{"x.csv"}) || !slices.Equal(asked.Path, []string{"analyze"}) {
		t.Errorf("%+v", asked)
	}
	f("analyze -- --f")
	f("analyze -- x ", "F-0001")
	f("analyze --case -- --fo", "--format", "--force") // a value may look like a flag; what follows is one again
}

// Promise: the manual page prints what stands in the table, and nothing of it is a request of troff.
func TestMan(t *testing.T) {
	var b strings.Builder
	if err := Man(&b, table(), "1.0", [2]string{"exit status", "0 done\n'evil"}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{
		".TH TRIAGE 1 \"\" \"triage 1.0\"", ".SS triage analyze\nExamines.\n", `One \- two.`, "\n\\&.dot\n", ".nf\n  triage analyze x\\ey\n.fi\n",
		`\fB\-f\fR, \fB\-\-format\fR \fIFORMAT\fR`, `the \(aqform\(aq \[u2026]`, ".SS triage rules lint", ".SH EXIT STATUS\n0 done\n\\(aqevil\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "'") || strings.HasPrefix(line, ".") && !slices.Contains([]string{".TH", ".SH", ".SS", ".PP", ".B", ".I", ".TP", ".nf", ".fi"}, strings.Fields(line)[0]) {
			t.Errorf("a request: %q", line)
		}
	}
}
