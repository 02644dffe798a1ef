package render

import (
	"fmt"
	"strings"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/words"
)

// Promise: what holds for many mailboxes in the same words is said once and of each of them; what cites rows is said
// beside its rows; nothing is left out.
func TestTellCaveats(t *testing.T) {
	thin := func(n int) report.Caveat {
		return report.Caveat{Code: "thin", Mailbox: report.Text(fmt.Sprintf("u%02d@contoso.com", n)), Text: "few days"}
	}
	cites := report.Caveat{Code: "imap", Mailbox: "a@contoso.com", Text: "presume all", Evidence: []report.Evidence{{Line: 2}}}
	all := []report.Caveat{{Code: "old", Text: "older data"}, cites, thin(0), {Code: "old", Text: "older data"}, cites}
	for n := range 9 {
		all = append(all, thin(n+1))
	}
	var got []string
	told := words.TellCaveats(all)
	for i := range told {
		got = append(got, words.About(&told[i]))
	}
	want := []string{
		"older data", "a@contoso.com: presume all",
		"u00@contoso.com, u01@contoso.com, u02@contoso.com, u03@contoso.com, u04@contoso.com, u05@contoso.com, u06@contoso.com, " +
			"u07@contoso.com and 2 more (see JSON): few days",
		"older data", "a@contoso.com: presume all",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
