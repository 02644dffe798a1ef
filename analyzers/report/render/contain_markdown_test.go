package render

import (
	"bytes"
	"strings"
	"testing"

	"triage/analyzers/report/reporttest"
)

// Promise: text and Markdown show a command as it is: on one line, neither wrapped nor cut nor defanged, and in Markdown
// no backtick in a name ends its block.
func TestCommandsStandWhole(t *testing.T) {
	r := reporttest.Build(t, reporttest.Sample(""))
	r.Containment[0].Steps[0].Commands = append(r.Containment[0].Steps[0].Commands, "Remove-InboxRule -Identity '"+strings.Repeat("long ```` name  ", 30)+"'")
	var text, narrow, markdown bytes.Buffer
	for _, err := range []error{
		WriteText(&text, r, TextOptions{Full: true}), WriteText(&narrow, r, TextOptions{Width: 60, Color: true, Full: true}), WriteMarkdown(&markdown, r, ""),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range reporttest.CommandsOf(r) {
		for _, out := range []string{text.String(), narrow.String()} {
			if !strings.Contains(out, "PS> "+c+"\n") {
				t.Errorf("the text does not show %q", c)
			}
		}
		if !strings.Contains(markdown.String(), "powershell\n  "+c+"\n  "+strings.Repeat("`", max(3, longestRun(c, '`')+1))+"\n") {
			t.Errorf("Markdown does not show %q", c)
		}
	}
	if n := longestRun("a``b```", '`'); n != 3 {
		t.Errorf("longest run %d", n)
	}
}
