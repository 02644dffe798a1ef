package ordinary_test

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"triage/testdata/ordinary"
)

// What the program makes of tenants with nobody in them, and of each kind of intruder.
//
//	TRIAGE_SEEDS=1-6         seeds; 1 to 20 are for setting weights, 101 and up for judging them
//	TRIAGE_SIZES=30,120,1000 people of a tenant
//	TRIAGE_KINDS=spray,imap  kinds of intruders; nobody: none
//	TRIAGE_FORMS=logs        of logs, audit-log (without sign-ins and trace), activities (Outlook's, as of 2018)
//	TRIAGE_WHY=1             the findings behind each wrong verdict; all: and those of all mailboxes where nobody was
//
// Without seeds it is one of few people and days.
func TestMeasure(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector makes it take minutes")
	}
	seeds, sizes := seedsOf(t), sizesOf(t)
	t.Logf("figure: seeds %v (%s), %v people, %d days", seeds, purpose(seeds), sizes, days())
	for _, f := range formsOf(t) {
		f.measure(t, seeds, sizes)
	}
	t.Log("figure: wanted: without anybody at most 2 % of mailboxes high or above and 20 findings; of intruders at least 95 % among the first eight, no kind below 80 %, and 80 % of their rows cited")
}

// form is what the program is given of a tenant.
type form struct {
	name  string
	files []string // nil: Outlook Activities
	kinds []string
}

// formsOf are TRIAGE_FORMS, all of them without it.
func formsOf(t *testing.T) (list []form) {
	t.Helper()
	want := strings.Split(cmp.Or(os.Getenv("TRIAGE_FORMS"), "logs,audit-log,activities"), ",")
	for _, name := range want {
		f := form{name: name, kinds: kindsOf(t)}
		switch name {
		case "logs":
			f.files = []string{"audit.jsonl", "signins.jsonl", "trace.csv"}
		case "audit-log":
			f.files = []string{"audit.jsonl"}
		case "activities":
			f.kinds = slices.DeleteFunc(f.kinds, func(kind string) bool { return !slices.Contains(ordinary.KindsInActivities(), kind) })
		default:
			t.Fatalf("TRIAGE_FORMS: no form %q", name)
		}
		if small() && name != "logs" {
			f.kinds = []string{"spray", "replayed-session"}
		}
		list = append(list, f)
	}
	return list
}

// measure says the figures of one form.
func (f form) measure(t *testing.T, seeds []uint64, sizes []int) {
	t.Helper()
	var all []hidden
	for _, size := range sizes {
		var quiet []measured
		var found []hidden
		for _, seed := range seeds {
			o := ordinary.Options{Seed: seed, People: size, Days: days(), Activities: f.files == nil}
			quiet = append(quiet, measure(t, o, f.files))
			for i, group := range groups(seed, f.kinds) {
				o.Seed, o.Intruders, o.FirstDay = seed+1000*uint64(i+1), group, (int(seed)+i)%2 == 0
				m := measure(t, o, f.files)
				for _, h := range m.hidden {
					misses(t, f.name+", "+m.label, &h)
				}
				found = append(found, m.hidden...)
			}
		}
		sayQuiet(t, fmt.Sprintf("%s, %d people", f.name, size), size, quiet)
		sayFound(t, fmt.Sprintf("%s, %d people", f.name, size), found)
		all = append(all, found...)
	}
	if len(sizes) > 1 {
		sayFound(t, f.name+", all sizes", all)
	}
}

// groups are the kinds as they are hidden together: one to three in a tenant.
func groups(seed uint64, kinds []string) (list [][]string) {
	sizes := []int{1, 3, 2, 2}
	for i := 0; len(kinds) > 0; i++ {
		n := min(len(kinds), sizes[(i+int(seed))%len(sizes)])
		list, kinds = append(list, kinds[:n]), kinds[n:]
	}
	return list
}

// sayQuiet says the figures of tenants with nobody in them: per 100 people and 30 days.
func sayQuiet(t *testing.T, label string, size int, list []measured) {
	t.Helper()
	people, loud, days := 0, 0, 0
	byRule := map[string]int{}
	for _, m := range list {
		people, loud, days = people+m.people, loud+len(m.loud), days+size*m.days
		for rule, n := range m.findings {
			byRule[rule] += n
		}
	}
	per := func(n int) float64 { return float64(n) * 3000 / float64(max(1, days)) }
	sum := 0
	for _, n := range byRule {
		sum += n
	}
	t.Logf("figure: %s, nobody in it: %.1f %% of %d mailboxes high or above, %.1f findings of medium or above per 100 people and 30 days",
		label, percent(loud, people), people, per(sum))
	for _, rule := range sorted(byRule) {
		t.Logf("figure: %6.1f %s", per(byRule[rule]), rule)
	}
}

// sayFound says the figures of intruders, by kind and in all.
func sayFound(t *testing.T, label string, list []hidden) {
	t.Helper()
	by := map[string][]hidden{}
	for _, h := range list {
		by[h.Kind] = append(by[h.Kind], h)
	}
	for _, kind := range ordinary.Kinds() {
		if len(by[kind]) > 0 {
			t.Logf("figure: %s, %s: %s", label, kind, sums(by[kind], true))
		}
	}
	if len(list) > 0 {
		t.Logf("figure: %s, all intruders: %s", label, sums(list, false))
	}
}

// sums are the figures of some intruders in words.
func sums(list []hidden, ranks bool) string {
	first := 0
	var at []string
	var x hidden
	mean := 0.0
	for _, h := range list {
		mean += percent(h.cited, h.rows) / float64(len(list))
		if h.first8() {
			first++
		}
		at = append(at, fmt.Sprint(h.rank))
		x.rows, x.cited, x.medium, x.shown = x.rows+h.rows, x.cited+h.cited, x.medium+h.medium, x.shown+h.shown
		x.innocent, x.all, x.trace = x.innocent+h.innocent, x.all+h.all, x.trace+h.trace
	}
	text := fmt.Sprintf("%d of %d among the first eight (%.0f %%)", first, len(list), percent(first, len(list)))
	if ranks {
		text += ", ranks " + strings.Join(at, " ")
	}
	return text + fmt.Sprintf("; of %d rows %.0f %% cited (of the average intruder's %.0f %%), %.0f %% at medium or above, %.0f %% as the report shows them; of %d rows cited at medium or above in the mailboxes taken %.0f %% are not theirs",
		x.rows, percent(x.cited, x.rows), mean, percent(x.medium, x.rows), percent(x.shown, x.rows), x.all, percent(x.innocent, x.all))
}

// misses names an intruder who is not among the first eight.
func misses(t *testing.T, label string, h *hidden) {
	t.Helper()
	if !h.first8() {
		t.Logf("figure: hidden: %s: %s in %s from %s for %s: rank %d, score %.1f, best finding: %s; %d of %d rows cited", label, h.Kind, h.Accounts[0],
			h.First.Format("01-02 15:04"), h.Last.Sub(h.First).Round(60e9), h.rank, h.score, cmp.Or(h.best, "none"), h.cited, h.rows)
	}
}

func percent(n, of int) float64 { return 100 * float64(n) / float64(max(1, of)) }

// sorted are the keys of counts, the greatest first.
func sorted(counts map[string]int) []string {
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) })
}

// seedsOf are those that figures are taken of.
func seedsOf(t *testing.T) (list []uint64) {
	t.Helper()
	text := cmp.Or(os.Getenv("TRIAGE_SEEDS"), "1")
	from, to, ok := strings.Cut(text, "-")
	if !ok {
		to = from
	}
	a, err := strconv.ParseUint(from, 10, 64)
	b, err2 := strconv.ParseUint(to, 10, 64)
	if err != nil || err2 != nil || b < a {
		t.Fatalf("TRIAGE_SEEDS=%q: want a seed or first-last", text)
	}
	for s := a; s <= b; s++ {
		list = append(list, s)
	}
	return list
}

// purpose says what seeds are for: whoever judges by seeds that weights were set on deceives himself.
func purpose(seeds []uint64) string {
	switch {
	case seeds[0] > 100:
		return "judging"
	case seeds[len(seeds)-1] <= 20:
		return "those that weights are set on"
	default:
		return "neither for setting weights nor for judging"
	}
}

// small says that nobody asked for figures: the test then only shows that measuring works.
func small() bool { return os.Getenv("TRIAGE_SEEDS") == "" }

// days are those of a tenant.
func days() int {
	if small() {
		return 20
	}
	return 45
}

// sizesOf are the people of a tenant: few without any variable.
func sizesOf(t *testing.T) (list []int) {
	t.Helper()
	text := os.Getenv("TRIAGE_SIZES")
	if text == "" {
		text = "20"
		if !small() {
			text = "120"
		}
	}
	for size := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(size)
		if err != nil || n < 10 {
			t.Fatalf("TRIAGE_SIZES=%q: want numbers from 10 with commas", text)
		}
		list = append(list, n)
	}
	return list
}

// kindsOf are the kinds of intruders.
func kindsOf(t *testing.T) []string {
	t.Helper()
	switch text := os.Getenv("TRIAGE_KINDS"); text {
	case "":
		return ordinary.Kinds()
	case "nobody":
		return nil
	default:
		kinds := strings.Split(text, ",")
		for _, kind := range kinds {
			if !slices.Contains(ordinary.Kinds(), kind) {
				t.Fatalf("TRIAGE_KINDS: no kind %q", kind)
			}
		}
		return kinds
	}
}
