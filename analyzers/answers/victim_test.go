package answers_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"triage/analyzers/report/phrase"
)

// Promise: who clicks a link within three days of a message that the intruder sent is a victim, named in the answer about other
// mailboxes with what to do; near misses: a click before it, one after three days, one of somebody whom he did not write to.
func TestVictims(t *testing.T) {
	const first, late = "2026-03-12T10:30:00", "2026-03-15T11:00:00"
	click := func(who, at string) string {
		return fmt.Sprintf(`{"CreationTime":%q,"Id":"0000c11c-0000-4000-8000-%012d","Operation":"TIUrlClickData","Workload":"ThreatIntelligence","RecordType":41,"UserType":4,"UserId":%q,"Url":"https://example.com/x","OrganizationId":"48a04a99-3166-41da-82d4-81bef8bc0892"}`, at, len(who)+len(at)*int(at[9]), who)
	}
	dir := filepath.Join("..", "..", "testdata", "cases", "internal-phish")
	extra := t.TempDir()
	records := []string{click("hugo.smit1@contoso.com", "2026-03-11T10:00:00"), click("hugo.smit1@contoso.com", first), click("bob.bakker2@contoso.com", late), click("frits.meyer3@contoso.com", first)}
	if err := os.WriteFile(filepath.Join(extra, "clicks.jsonl"), []byte(strings.Join(records, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	base, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	path, err := filepath.Rel(base, filepath.Join(extra, "clicks.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	x := investigate(t, "internal-phish", "audit.jsonl", "signins.jsonl", "trace.csv", path)
	var got []string
	for _, list := range x.Victims {
		for _, v := range list {
			got = append(got, fmt.Sprintf("%s %s after %q, %d rows", x.Case.Text(v.Account), v.Did, v.Subject, len(v.Rows)))
		}
	}
	if text := strings.Join(got, "; "); text != `hugo.smit1@contoso.com clicked a link after "Document shared with you", 2 rows` {
		t.Errorf("victims: %s", text)
	}
	for i := range x.Answers {
		if a := &x.Answers[i]; a.ID == "spread" && (!strings.Contains(a.Text, "hugo.smit1@contoso.com clicked a link on 2026-03-12 10:30") || !strings.Contains(phrase.Parts(a.Next).English(), "ask hugo.smit1@contoso.com")) {
			t.Errorf("%s; next: %v", a.Text, phrase.All(a.Next, phrase.English))
		}
	}
}
