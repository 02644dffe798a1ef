package report

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"triage/analyzers/detect"
)

// ErrNoFinding is what Explain returns, wrapped, for an id that names none or several.
var ErrNoFinding = errors.New("no such finding")

// Explain writes one finding in full: why it fired, what it is worth, how its mailbox's score adds up, and every row
// it cites with the record as written. id is an F-number ("F-0001", "f-1", "1"), a fingerprint, or the beginning of one,
// from 8 digits. An id that names no finding is an ErrNoFinding that names the nearest.
func Explain(w io.Writer, r *Report, id string, opts TextOptions) error {
	r = r.labelled()
	f, err := r.Find(id)
	if err != nil {
		return err
	}
	t := newTextWriter(w, r, opts)
	t.why(f)
	t.worth(f)
	t.adding(f)
	t.proof(f)
	t.nextSteps(f)
	return t.out.Flush()
}

// Find is the finding that an id names, in the words of [Explain].
func (r *Report) Find(id string) (*Finding, error) {
	want := strings.ToLower(strings.TrimSpace(id))
	var hits []*Finding
	for i := range r.Findings {
		f := &r.Findings[i]
		if number(f.ID) == number(want) && number(want) != "" {
			return f, nil
		}
		if len(want) >= 8 && strings.HasPrefix(f.Fingerprint, want) {
			hits = append(hits, f)
		}
	}
	switch {
	case len(hits) == 1:
		return hits[0], nil
	case len(hits) > 1:
		if !slices.ContainsFunc(hits, func(f *Finding) bool { return f.Fingerprint != hits[0].Fingerprint }) {
			return nil, fmt.Errorf("%q: %w: several tenants have one: %s", Plain(id), ErrNoFinding, names(hits))
		}
		return nil, fmt.Errorf("%q: %w: several fingerprints begin so: %s", Plain(id), ErrNoFinding, names(hits))
	case len(r.Findings) == 0:
		return nil, fmt.Errorf("%q: %w: the report has no findings", Plain(id), ErrNoFinding)
	}
	return nil, fmt.Errorf("%q: %w: nearest: %s", Plain(id), ErrNoFinding, names(r.nearest(want)))
}

// number is the digits of an F-number without leading zeros; "" if the text is none.
func number(id string) string {
	digits := strings.TrimPrefix(strings.ToLower(id), "f-")
	if digits == "" || len(digits) > 9 || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	return cmp.Or(strings.TrimLeft(digits, "0"), "0")
}

func names(list []*Finding) string {
	out := make([]string, len(list))
	for i, f := range list {
		out[i] = fmt.Sprintf("%s (%s, %s)", Plain(f.ID), short(f.Rule, 60), short(f.Fingerprint, 13))
	}
	return strings.Join(out, ", ")
}

// nearest are up to three findings whose id, rule or fingerprint is least unlike a text.
func (r *Report) nearest(want string) []*Finding {
	want, _ = cutBytes(want, 64)
	type near struct {
		f    *Finding
		away int
	}
	list := make([]near, 0, len(r.Findings))
	for i := range r.Findings {
		f := &r.Findings[i]
		begin := f.Fingerprint[:min(len(f.Fingerprint), len(want))]
		away := min(edits(want, strings.ToLower(f.ID)), edits(want, f.Rule), edits(want, begin))
		list = append(list, near{f, away})
	}
	slices.SortStableFunc(list, func(a, b near) int { return cmp.Compare(a.away, b.away) })
	out := make([]*Finding, 0, 3)
	for _, n := range list[:min(len(list), 3)] {
		out = append(out, n.f)
	}
	return out
}

// edits is how many letters must be changed, added or dropped to turn one text into another (Levenshtein).
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}

func (t *textWriter) why(f *Finding) {
	t.line("%s  %s  %s", t.paint(Plain(f.ID), paintHead), t.paint(short(f.Rule, 80), bandColor(f.Level)), short(f.Mailbox, 80))
	t.para("  ", f.Title)
	t.line("  fingerprint %s", Plain(f.Fingerprint))
	if len(f.Attack) > 0 {
		t.para("  attack ", strings.Join(f.Attack, ", "))
	}
	if f.Author != "" {
		t.para("  author ", string(f.Author))
	}
	t.head("WHY IT FIRED")
	t.para("  ", f.Text)
	t.para("  ", span(f.First, f.Last)+" UTC, "+several(f.Count, "activity", "activities"))
	for _, fact := range f.Facts {
		t.para("  "+short(fact.Name, 40)+": ", f.factText(fact))
	}
}

func (t *textWriter) worth(f *Finding) {
	if d := f.Decision; d != nil {
		t.para("  ", "decided "+d.Verdict+": "+by(d.Reason, string(d.By)))
	}
	t.head("WHAT IT IS WORTH")
	if s := f.Suppressed; s != nil {
		t.para("  ", "0 points: suppressed by exception "+s.Exception+": "+by(s.Reason, s.By))
		return
	}
	level, _ := detect.ParseLevel(f.Level)
	t.line("  level %s, impact %.0f × confidence %d %% = %.1f points", level, level.Impact(), f.Confidence, f.Points)
	t.line("  as evidence: −ln(1 − %.1f/100) = %.3f", f.Points, evidenceOf(f.Points))
	t.para("  ", "counts towards: "+strings.Join(f.Entities, ", "))
}

// adding shows the arithmetic of the mailbox's score, and which part is this finding's.
func (t *textWriter) adding(f *Finding) {
	box := slices.IndexFunc(t.r.Mailboxes, func(m Mailbox) bool { return m.Mailbox == f.Mailbox })
	if box < 0 {
		return
	}
	m := &t.r.Mailboxes[box]
	t.head("HOW THE SCORE ADDS UP")
	t.para("  ", fmt.Sprintf("%s: %.1f, %s", m.Mailbox, m.Score, m.Band))
	if t.r.Filters != nil {
		t.line("  The report is filtered: findings that it leaves out are missing from this sum.")
	}
	sum := arithmeticOf(t.r, f.Mailbox)
	if len(sum.rules) == 0 {
		t.line("  nothing adds to it")
		return
	}
	family := ""
	for _, s := range sum.rules {
		if s.family != family {
			family = s.family
			t.line("  family %s", short(family, 40))
		}
		mark := ""
		if s.rule == f.Rule {
			mark = "  <- this rule"
		}
		t.line("    %6.3f  %s%s", s.adds, short(s.rule, 60), t.paint(mark, paintHead))
		const how = "%s, strongest %.1f points: %.3f; %d of at least half of that: × %.2f; number %d in its family: × %s"
		t.para("            ", fmt.Sprintf(how, several(len(s.points), "finding", "findings"), s.points[0], evidenceOf(s.points[0]), s.alike, s.repeat, s.rank+1, half(s.rank)))
	}
	t.line("    %6.3f  in all: 100 × (1 − e^−%.3f) = %.1f", sum.total, sum.total, sum.score())
	if t.r.Filters == nil && math.Abs(sum.score()-m.Score) > 0.05 {
		t.para("            ", fmt.Sprintf("held down to %.1f: what is at most low ends at 39.9, at most medium at 84.9, "+
			"counting findings of at least 50 %% confidence", m.Score))
	}
	t.line("  this finding's share: %.1f %%", 100*sum.share(f))
}

// half is 2^−rank as a fraction.
func half(rank int) string {
	if rank == 0 {
		return "1"
	}
	return fmt.Sprintf("1/%.0f", math.Pow(2, float64(rank)))
}

// proof shows every row that the finding cites, and the messages behind it.
func (t *textWriter) proof(f *Finding) {
	t.head("EVIDENCE")
	for i := range f.Evidence {
		e := &f.Evidence[i]
		t.place(fmt.Sprintf("  %d. ", i+1), e.File, e.Line, e.Record, clock(e.Time), e.ID)
		t.line("     identity %s", Plain(e.Identity))
		t.raw(e.Raw, e.RawCut)
		for _, same := range e.Also {
			t.place("     the message itself: ", same.File, same.Line, same.Record, "", same.ID)
			t.raw(same.Raw, same.RawCut)
		}
		if e.AlsoMore > 0 {
			t.line("     … and %s more, which the report does not cite", several(e.AlsoMore, "message", "messages"))
		}
	}
	if n := f.Count - len(f.Evidence); n > 0 {
		t.line("  … and %s more, which the report does not cite", several(n, "activity", "activities"))
	}
}

func (t *textWriter) place(lead, file string, line, record int64, at, id string) {
	place := fmt.Sprintf("%s:%d, record %d", shortPath(file), line, record)
	if at != "" {
		place += ", " + at
	}
	if id != "" {
		place += ", id " + short(id, 80)
	}
	t.para(lead, place)
}

// raw shows a record as it stands in its file.
func (t *textWriter) raw(text string, cut bool) {
	for _, part := range chop(Plain(text), t.width-7) {
		t.line("     %s", t.paint("| ", paintDim)+part)
	}
	if cut {
		t.line("     (cut at %s bytes)", grouped(maxRaw))
	}
}

func (t *textWriter) nextSteps(f *Finding) {
	t.head("WHAT TO DO NEXT")
	if f.Next == "" {
		t.line("  The rule does not say.")
	} else {
		t.para("  ", string(f.Next))
	}
	if len(f.FalsePositives) > 0 {
		t.head("WHAT ELSE IT MAY BE")
		for _, s := range f.FalsePositives {
			t.para("  - ", s)
		}
	}
}
