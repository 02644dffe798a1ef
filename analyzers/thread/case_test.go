package thread_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"triage/analyzers"
	"triage/analyzers/attribution"
	"triage/analyzers/exposure"
	"triage/analyzers/thread"
	"triage/ingest"
	"triage/ingest/activity"
	"triage/rules"
	"triage/rules/detect"
	"triage/testdata/truth"
)

// shipped is a shipped case with its truth: whose rows are an intruder's.
type shipped struct {
	c         *activity.Case
	lines     []truth.Line
	intruders []attribution.Intruder
	exposure  *exposure.Exposure
	threads   *thread.Threads
}

func ship(t *testing.T, folder string) *shipped {
	t.Helper()
	x := &shipped{}
	var err error
	if x.lines, err = truth.Read(filepath.Join(folder, truth.File)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(folder, "want.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want struct{ Runs []struct{ Inputs []string } }
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, name := range want.Runs[0].Inputs {
		paths = append(paths, filepath.Join(folder, name))
	}
	set, err := rules.Load(analyzers.Kinds(), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	files, err := ingest.Open(t.Context(), paths, ingest.Options{Interest: exposure.Want(set.Interest)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = files.Close() })
	x.c = files.Case
	his := x.rows(t, files)
	domains := detect.NewDomains(x.c, nil)
	x.exposure = exposure.Of(t.Context(), exposure.Source{
		Case: x.c, Lines: x.c.Timelines(), Domains: domains, Intruders: x.intruders,
		Who: func(row uint32) (attribution.Who, int) {
			if n, ok := his[row]; ok {
				return attribution.Attacker, n
			}
			return attribution.Owner, -1
		},
	})
	x.threads = thread.Of(t.Context(), thread.Source{Case: x.c, Intruders: x.intruders, Exposure: x.exposure, Domains: domains, Money: set.Lists["finance_terms"]})
	return x
}

// rows finds the rows that the truth names, and gives them to its intruders.
func (x *shipped) rows(t *testing.T, files *ingest.Files) map[uint32]int {
	t.Helper()
	type place struct {
		file string
		line int64
	}
	whose := map[place]int{}
	for n, l := range truth.Of(x.lines, truth.Intruder) {
		x.intruders = append(x.intruders, attribution.Intruder{Name: l.Intruder})
		for _, r := range truth.Of(x.lines, truth.Rows) {
			for _, line := range r.Lines {
				if r.Intruder == l.Intruder {
					whose[place{r.File, int64(line)}] = n
				}
			}
		}
	}
	his := map[uint32]int{}
	if len(whose) == 0 {
		return his
	}
	var origins []activity.Origin
	var of []uint32
	for i := range x.c.Activities {
		for o := range x.c.Origins(uint32(i)) {
			origins, of = append(origins, o), append(of, uint32(i))
		}
	}
	records, err := files.Evidence(t.Context(), origins, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range records {
		n, ok := whose[place{filepath.Base(r.Path), r.Line}]
		if _, known := his[of[i]]; ok && !known && x.c.Inputs[x.c.Activities[of[i]].File].Source != activity.SourceTrace {
			his[of[i]] = n
			x.intruders[n].Rows = append(x.intruders[n].Rows, of[i])
		}
	}
	for n := range x.intruders {
		slices.Sort(x.intruders[n].Rows)
	}
	return his
}

// Promise: of every shipped case, given whose rows are whose: what is proven is the truth and no more, what is presumed
// contains it, and every payment thread that the truth names is named.
func TestShippedCases(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join("..", "..", "testdata", "cases", "*"))
	if err != nil || len(folders) < 10 {
		t.Fatal(folders, err)
	}
	messages, presumed, threads := 0, 0, 0
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			x := ship(t, folder)
			messages += x.proven(t)
			presumed += x.presumed(t)
			threads += x.money(t)
		})
	}
	t.Logf("%d messages, %d presumed wholes, %d threads", messages, presumed, threads)
	if messages < 100 || presumed < 3 || threads < 10 {
		t.Errorf("%d messages, %d presumed, %d threads: too few to say anything", messages, presumed, threads)
	}
}

func (x *shipped) proven(t *testing.T) int {
	t.Helper()
	want := map[string]bool{}
	for _, l := range truth.Of(x.lines, truth.Message) {
		want[l.Intruder+" "+l.Mailbox+" "+cmp.Or(l.ID, l.Item)] = true
	}
	n := len(want)
	for i := range x.exposure.Boxes {
		b := &x.exposure.Boxes[i]
		for k := range b.Items {
			one := &b.Items[k]
			name := func(id string) string { return x.intruders[b.Intruder].Name + " " + x.c.Text(b.Mailbox) + " " + id }
			key := name(x.c.Text(one.ID))
			if one.Kind == exposure.File && !want[key] {
				key = name(filepath.Base(x.c.Text(one.ID)))
			}
			if !want[key] && one.Item != 0 && want[name(x.c.Text(one.Item))] {
				key = name(x.c.Text(one.Item))
			}
			if one.State == exposure.Proven && !want[key] {
				t.Errorf("proven and not true: %s %v %q", key, one.Acts.Words(), x.c.Text(one.Subject))
			}
			if one.State == exposure.Proven {
				delete(want, key)
			}
		}
	}
	for key := range want {
		t.Errorf("true and not proven: %s", key)
	}
	return n
}

func (x *shipped) presumed(t *testing.T) int {
	t.Helper()
	lines := truth.Of(x.lines, truth.Presumed)
	for _, l := range lines {
		if !slices.ContainsFunc(x.exposure.Boxes, func(b exposure.Box) bool {
			return x.c.Text(b.Mailbox) == l.Mailbox && slices.ContainsFunc(b.Wholes, func(w exposure.Whole) bool {
				return w.How != exposure.Opened && (w.Folder == 0 || strings.EqualFold(strings.Trim(x.c.Text(w.Folder), `\`), strings.Trim(l.Folder, `\`)))
			})
		}) {
			t.Errorf("not presumed: %+v", l)
		}
	}
	return len(lines)
}

func (x *shipped) money(t *testing.T) (n int) {
	t.Helper()
	for _, l := range truth.Of(x.lines, truth.Answer) {
		for _, title := range l.Facts["threads"] {
			n++
			if !slices.ContainsFunc(x.threads.List, func(one thread.Thread) bool { return one.Title == title }) {
				t.Errorf("no thread %q", title)
			}
		}
	}
	return n
}

// Promise: of wire-fraud, the supplier's conversations are named: what he read, answered and deleted in them, what he
// searched for, and the answer to be checked.
func TestWireFraud(t *testing.T) {
	x := ship(t, filepath.Join("..", "..", "testdata", "cases", "wire-fraud"))
	var got []string
	for i := range x.threads.List {
		one := &x.threads.List[i]
		got = append(got, fmt.Sprintf("%s (%s): %s; searched %d; check %d", one.Title, one.How, strings.Join(one.Acts.Words(), ", "), len(one.Searches), len(one.Check)))
	}
	want := []string{
		"Bank details for the wire transfer (conversation): read, replied, sent; searched 1; check 1",
		"Reminder: invoice 4698 (conversation): read, deleted; searched 1; check 0",
		"Invoice 4711 (conversation): read; searched 1; check 0",
	}
	if !slices.Equal(got, want) {
		t.Errorf("threads:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if s := x.exposure.Sums; s.Messages.Proven != 4 || s.Did(exposure.Read) != 3 || s.Did(exposure.Sent) != 1 || s.Did(exposure.Deleted) != 1 || s.Searches != 3 {
		t.Errorf("sums %+v", s)
	}
}
