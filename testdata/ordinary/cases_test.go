package ordinary_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"triage/ingest/activity"
	"triage/testdata/ordinary"
	"triage/testdata/truth"
)

// Promise: of each shipped case, whose act each row was, what was reached and what is answered is as its truth.jsonl says,
// which the generator wrote and not the program.
func TestAttributionOfCases(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector makes it take minutes")
	}
	folders, err := filepath.Glob(filepath.Join("..", "cases", "*", truth.File))
	if err != nil || len(folders) < 16 {
		t.Fatalf("%d cases: %v", len(folders), err)
	}
	all := newLabels()
	for _, file := range folders {
		name := filepath.Base(filepath.Dir(file))
		one := newLabels()
		j, done := judgeCase(t, filepath.Dir(file))
		for _, l := range []*labels{one, all} {
			called := l.compare(t, name, true, j)
			if len(j.tenant.Truth) == 0 && called > 0 {
				t.Errorf("%s: %d rows are called an attacker's, and nobody was there", name, called)
			}
		}
		done()
		one.sayCase(t, name)
		one.holds(t, name)
	}
	all.say(t, "shipped cases")
}

// holds says what is wrong about a case: nothing is called an intruder's that is not, 95 % of his rows are seen, all that he touched,
// at most 10 % of the owners' rows in taken mailboxes are undecided, and every answer is right.
func (l *labels) holds(t *testing.T, name string) {
	t.Helper()
	x, r, asked, right := l.sums()
	if x.wrong > 0 || l.elsewhere > 0 || r.wrong > 0 || l.wrongly > 0 {
		t.Errorf("%s: rows and messages are called an intruder's that are not", name)
	}
	if x.hit*100 < x.his*95 || r.found < r.proven || r.held < r.wholes || right < asked || x.doubted*10 > x.owners {
		t.Errorf("%s: not all is seen: TRIAGE_WHY=1 says what", name)
	}
}

// sums are the figures over all kinds.
func (l *labels) sums() (x *tally, r *reached, asked, right int) {
	x, r = &tally{least: 100}, &reached{}
	for _, k := range l.of {
		x.add(k)
	}
	for _, k := range l.reached {
		r.add(k)
	}
	for _, k := range l.answered {
		asked, right = asked+k.asked, right+k.right
	}
	return x, r, asked, right
}

// sayCase says the figures of one case on a line.
func (l *labels) sayCase(t *testing.T, name string) {
	t.Helper()
	x, r, asked, right := l.sums()
	t.Logf("figure: case %s: %d of %d rows of the intruder, %d wrong, %d elsewhere; of %d owners' rows in the mailboxes taken %d undecided; %d of %d messages, %d wrong; %d of %d presumed; %d of %d answers",
		name, x.hit, x.his, x.wrong, l.elsewhere, x.owners, x.doubted, r.found, r.proven, r.wrong, r.held, r.wholes, right, asked)
}

// judgeCase runs the program on a shipped case as its first run in want.json says.
func judgeCase(t *testing.T, folder string) (j *judged, done func()) {
	t.Helper()
	var want struct{ Runs []struct{ Inputs []string } }
	text, err := os.ReadFile(filepath.Join(folder, "want.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	truths, err := truth.Read(filepath.Join(folder, truth.File))
	if err != nil {
		t.Fatal(err)
	}
	res, done := analysed(t, folder, want.Runs[0].Inputs)
	tenant := &ordinary.Tenant{}
	for _, x := range truth.Of(truths, truth.Intruder) {
		tenant.Truth = append(tenant.Truth, ordinary.Intruder{Kind: x.Kind, Accounts: x.Accounts})
	}
	return &judged{tenant: tenant, res: res, of: told(t, res.Case, folder, truths), truths: truths}, done
}

// What told says of rows that are judged for nothing.
const (
	unsaid = -1 // nobody can say whose they are
	noise  = -2 // nobody of the tenant did it, and no intruder: the Internet's tries
)

// told is, by activity of a case, whose act it is: one more than the number of an intruder, 0 for nobody's, or
// unsaid or noise.
func told(t *testing.T, c *activity.Case, folder string, truths []truth.Line) []int {
	t.Helper()
	at := make([]map[int64]int, len(c.Inputs))
	count := 0
	for i := range c.Inputs {
		at[i] = map[int64]int{}
		name, err := filepath.Rel(folder, c.Inputs[i].Path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(c.Inputs[i].Path)
		if err != nil {
			t.Fatal(err)
		}
		starts, offset := []int64{0}, int64(0) // by line
		for line := range bytes.Lines(text) {
			offset += int64(len(line))
			starts = append(starts, offset)
		}
		for _, l := range truth.Of(truths, truth.Rows) {
			who := unsaid
			if l.Intruder != "" {
				who = int(l.Intruder[0]-'A') + 1
			} else if slices.Contains(l.How, "noise") {
				who = noise
			}
			for _, n := range l.Lines {
				if l.File == filepath.ToSlash(name) {
					at[i][starts[n-1]] = who
					count++
				}
			}
		}
	}
	of, found := make([]int, len(c.Activities)), 0
	for i := range c.Activities {
		for o := range c.Origins(uint32(i)) {
			if who, ok := at[o.File][o.Offset]; ok {
				of[i] = who
				found++
			}
		}
	}
	if count-found > 4 { // four rows of hostile text are skipped
		t.Fatalf("%s: %d rows are told of, %d are activities", folder, count, found)
	}
	return of
}
