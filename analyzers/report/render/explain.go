package render

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/term"
	"triage/analyzers/report/words"
)

// Explain writes one finding in full: why it fired, what it is worth, how its mailbox's score adds up, and every row
// it cites with the record as written. id is an F-number ("F-0001", "f-1", "1"), a fingerprint, or the beginning of one,
// from 8 digits. An id that names no finding is an ErrNoFinding that names the nearest by apart, as [report.Report.Find] says.
func Explain(w io.Writer, r *report.Report, id string, apart func(a, b string, most int) int, opts TextOptions) error {
	r = labelled(r)
	if _, who := cutPrefixFold(strings.TrimSpace(id), intruderPrefix); who {
		if ok, err := explainThing(w, r, id, opts); ok || err != nil {
			return err
		}
		return fmt.Errorf("%q: %w: %s", report.Plain(id), report.ErrNoFinding, intruderNames(r))
	}
	f, err := r.Find(id, apart)
	if err != nil {
		if ok, err := explainThing(w, r, id, opts); ok || err != nil {
			return err
		}
		if strings.HasPrefix(strings.ToLower(strings.TrimSpace(id)), "f-") {
			return err
		}
		return fmt.Errorf("%w; nor does the report know an account, session, address or message that is called so", err)
	}
	t := newPage(w, r, opts)
	writeWhy(t, f)
	writeStrangeness(t, f)
	writeWorth(t, f)
	writeAdding(t, f)
	writeProof(t, f)
	writeNextSteps(t, f)
	return t.out.Flush()
}

func writeWhy(t *page, f *report.Finding) {
	t.line("%s  %s  %s", t.paint(report.Plain(f.ID), term.Head), t.paint(report.Short(f.Rule, 80), term.BandColor(f.Level)), report.Short(f.Mailbox, 80))
	t.para("  ", f.Title)
	t.line("  %s, fingerprint %s", report.Short(f.Short, 40), report.Plain(f.Fingerprint))
	if len(f.Attack) > 0 {
		t.para("  attack ", strings.Join(f.Attack, ", "))
	}
	if f.Author != "" {
		t.para("  author ", string(f.Author))
	}
	t.head("WHY IT FIRED")
	t.para("  ", f.Text)
	t.para("  ", words.SpanText(f.First, f.Last)+" UTC, "+report.Counted(f.Count, "activity", "activities"))
	for _, fact := range f.Facts {
		t.para("  "+report.Short(fact.Name, 40)+": ", f.FactText(fact))
	}
}

// writeStrangeness says how well its account knows where the finding's acts came from.
func writeStrangeness(t *page, f *report.Finding) {
	t.head("HOW STRANGE IT IS TO ITS ACCOUNT")
	if f.Strangeness == nil {
		t.line("  not known: too little is seen of the account, or nobody's account did it")
		return
	}
	t.para("  ", fmt.Sprintf("%v of 5, its strangest row", *f.Strangeness))
	for _, sign := range f.StrangeWhy {
		t.para("  - ", sign)
	}
	if len(f.StrangeWhy) == 0 {
		t.line("  - nothing about it is new to the account")
	}
}

func writeWorth(t *page, f *report.Finding) {
	if d := f.Decision; d != nil {
		t.para("  ", "decided "+d.Verdict+": "+report.SaidBy(d.Reason, string(d.By)))
	}
	t.head("WHAT IT IS WORTH")
	if s := f.Suppressed; s != nil {
		t.para("  ", "0 points: suppressed by exception "+s.Exception+": "+report.SaidBy(s.Reason, s.By))
		return
	}
	t.line("  level %s, impact %.0f × confidence %d %% = %.1f points", report.Short(f.Level, 40), impactOf(f.Level), f.Confidence, f.Points)
	t.line("  as evidence: −ln(1 − %.1f/100) = %.3f", f.Points, evidenceOf(f.Points))
	t.para("  ", "counts towards: "+strings.Join(f.Entities, ", "))
}

// writeAdding shows the arithmetic of the mailbox's score, and which part is this finding's.
func writeAdding(t *page, f *report.Finding) {
	box := slices.IndexFunc(t.r.Mailboxes, func(m report.Mailbox) bool { return m.Mailbox == f.Mailbox })
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
			t.line("  family %s", report.Short(family, 40))
		}
		mark := ""
		if s.rule == f.Rule {
			mark = "  <- this rule"
		}
		t.line("    %6.3f  %s%s", s.adds, report.Short(s.rule, 60), t.paint(mark, term.Head))
		const how = "%s, strongest %.1f points: %.3f; %d of at least half of that: × %.2f; number %d in its family: × %s"
		t.para("            ", fmt.Sprintf(how, report.Counted(len(s.points), "finding", "findings"), s.points[0], evidenceOf(s.points[0]), s.alike, s.repeat, s.rank+1, half(s.rank)))
	}
	t.line("    %6.3f  in all: 100 × (1 − e^−%.3f) = %.1f", sum.total, sum.total, sum.score())
	if t.r.Filters == nil && math.Abs(sum.score()-m.Score) > 0.05 {
		t.para("            ", fmt.Sprintf("held down to %.1f: what is at most low ends at 39.9, at most medium at 64.9, "+
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

// writeProof shows every row that the finding cites, and the messages behind it.
func writeProof(t *page, f *report.Finding) {
	t.head("EVIDENCE")
	for i := range f.Evidence {
		e := &f.Evidence[i]
		writePlace(t, fmt.Sprintf("  %d. ", i+1), e.File, e.Line, e.Record, words.ClockTime(e.Time), e.ID)
		t.line("     identity %s", report.Plain(e.Identity))
		if e.Role != "" {
			t.line("     role %s", report.Plain(e.Role))
		}
		writeRaw(t, e.Raw, e.RawCut)
		for _, same := range e.Also {
			writePlace(t, "     the message itself: ", same.File, same.Line, same.Record, "", same.ID)
			writeRaw(t, same.Raw, same.RawCut)
		}
		if e.AlsoMore > 0 {
			t.line("     … and %s more, which the report does not cite", report.Counted(e.AlsoMore, "message", "messages"))
		}
	}
	if n := f.Count - len(f.Evidence); n > 0 {
		t.line("  … and %s more, which the report does not cite", report.Counted(n, "activity", "activities"))
	}
}

func writePlace(t *page, lead, file string, line, record int64, at, id string) {
	place := fmt.Sprintf("%s:%d, record %d", report.ShortPath(file), line, record)
	if at != "" {
		place += ", " + at
	}
	if id != "" {
		place += ", id " + report.Short(id, 80)
	}
	t.para(lead, place)
}

// writeRaw shows a record as it stands in its file.
func writeRaw(t *page, text string, cut bool) {
	for _, part := range term.Chop(report.Plain(text), t.width-7) {
		t.line("     %s", t.paint("| ", term.Dim)+part)
	}
	if cut {
		t.line("     (cut at %s bytes)", report.Grouped(report.MaxRaw))
	}
}

func writeNextSteps(t *page, f *report.Finding) {
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

// intruderNames says which intruders there are.
func intruderNames(r *report.Report) string {
	if len(r.Intruders) == 0 {
		return "the report has no intruders"
	}
	var names []string
	for i := range r.Intruders {
		if name := intruderPrefix + r.Intruders[i].Intruder; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return "there are " + report.NameList(names, topThing)
}
