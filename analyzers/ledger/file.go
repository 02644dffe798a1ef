package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"triage/ingest/activity"
)

// files says what is wrong with each input.
func (l *ledger) files() {
	stretches := l.stretches()
	for i := range l.c.Inputs {
		in, signs := &l.c.Inputs[i], l.survey.files[i]
		add := func(code, ask, format string, args ...any) {
			l.add(Item{
				Code: code, Path: in.Path, Source: in.Source, First: in.First, Last: in.Last, Ask: ask, Text: fmt.Sprintf(format, args...),
			})
		}
		again := again(in)
		if in.Skipped > 0 {
			add("rows-skipped", again, "%s of %s rows could not be read; the list of skipped rows says which and why", countText(in.Skipped), countText(in.Rows))
		}
		if s := stretches[uint32(i)]; s != nil {
			add("stretch-lost", again, "%s", s.sentence(in.Typical))
		}
		if in.Ended != "" {
			add("file-cut", again, "the file ends before its records do (%s): how much is missing is unknown", in.Ended)
		}
		if in.Damaged != "" {
			add("file-damaged", again, "%s: bytes of it were changed after it was written, and nobody knows which", in.Damaged)
		}
		if text := capReached(in); text != "" && l.fetchedAs(in) == nil { // a page that was followed to the end
			add("cap-reached", l.smaller(in), "%s", text)
		}
		if text := l.unanswered(i); text != "" {
			add("answer-incomplete", l.smaller(in), "%s", text)
		}
		if signs.cut > 0 {
			add("records-cut", again, "records that were cut before they came here: %s; they were read as far as they go", countText(int64(signs.cut)))
		}
		if signs.flattened > 0 {
			add("records-flattened", again, "records whose nested values the export flattened or left unreadable: %s; what was in them is lost", countText(int64(signs.flattened)))
		}
		if signs.undated > 0 {
			add("records-undated", again, "records whose time cannot be true or cannot be told: %s; they are kept, in no timeline, and whatever needs a time does not judge them", countText(int64(signs.undated)))
		}
		if signs.addresses > 0 {
			add("addresses-unreadable", "", "activities whose address field holds no address: %s; nobody knows from where", countText(int64(signs.addresses)))
		}
	}
}

// ceiling is how many rows one way of exporting gives at most.
type ceiling struct {
	formats []string
	rows    []int64
	what    string
}

// ceilings: an export of exactly so many rows was probably cut there. Sources: Search-UnifiedAuditLog (ResultSize up to
// 5,000, a session up to 50,000), Purview's export (50,000), auditLogQuery (1,000,000), Get-MessageTraceV2 (ResultSize
// 1,000 unless told otherwise, up to 5,000), Graph's page of sign-ins and of Outlook Activities (1,000), the Entra
// portal's download (100,000).
func ceilings() []ceiling {
	return []ceiling{
		{[]string{"audit-purview-csv", "audit-center-csv"}, []int64{50_000}, "an export of the portal"},
		{[]string{"audit-csv", "audit-flat-json"}, []int64{5_000, 50_000}, "a search of the audit log"},
		{[]string{"audit-json"}, []int64{5_000, 50_000, 1_000_000}, "a search of the audit log"},
		{[]string{"audit-graph-csv"}, []int64{1_000_000}, "an audit log query"},
		{[]string{"signin-portal-csv"}, []int64{100_000}, "a download of the portal"},
		{[]string{"signin-json"}, []int64{1_000}, "a page of sign-ins"},
		{[]string{"trace-csv", "trace-json"}, []int64{1_000, 5_000}, "a message trace"},
		{[]string{"activities-json"}, []int64{1_000}, "a page of activities"},
	}
}

// answerCeilings are those of Search-UnifiedAuditLog, whose rows say themselves how long the answer was.
func answerCeilings() []int64 { return []int64{5_000, 50_000} }

// capReached says that an input holds exactly as many rows as the way it was exported gives at most.
func capReached(in *activity.Input) string {
	if len(in.Answers) > 0 {
		for _, a := range in.Answers {
			if slices.Contains(answerCeilings(), a.Size) {
				return fmt.Sprintf("Search-UnifiedAuditLog answered with exactly %s rows, the most that it gives at once: there were probably more", countText(a.Size))
			}
		}
		return ""
	}
	for _, c := range ceilings() {
		if slices.Contains(c.formats, in.Format) && slices.Contains(c.rows, in.Rows) {
			return fmt.Sprintf("exactly %s rows, the most that %s gives: there were probably more", countText(in.Rows), c.what)
		}
	}
	return ""
}

// mostAnswers is how many answers a sentence names.
const mostAnswers = 3

// unanswered says which rows Search-UnifiedAuditLog counted that stand neither in this input nor in another one of the
// same time.
func (l *ledger) unanswered(file int) string {
	in := &l.c.Inputs[file]
	type gap struct {
		size, rows int64
		runs       []activity.Run
	}
	var gaps []gap
	all := int64(0)
	for _, a := range in.Answers {
		g := gap{size: a.Size, runs: lacks(a, nil)}
		if len(g.runs) > 0 {
			g.runs = lacks(a, l.others(file, a.Size))
		}
		for _, r := range g.runs {
			g.rows += (r.Last - r.First + 1) * r.Copies
		}
		if all += g.rows; g.rows > 0 {
			gaps = append(gaps, g)
		}
	}
	if all == 0 {
		return ""
	}
	slices.SortStableFunc(gaps, func(x, y gap) int { return cmp.Compare(y.rows, x.rows) })
	var parts []string
	for _, g := range gaps[:min(len(gaps), mostAnswers)] {
		parts = append(parts, fmt.Sprintf("of answers with %s rows %s", countText(g.size), numbers(g.runs)))
	}
	if n := len(gaps) - mostAnswers; n > 0 {
		parts = append(parts, fmt.Sprintf("and of answers of %d other sizes", n))
	}
	return fmt.Sprintf("rows that Search-UnifiedAuditLog numbered and that are not here: at least %s (%s): the search was broken off, or rows were taken out afterwards",
		countText(all), strings.Join(parts, "; "))
}

// others are the answers of one size in the inputs that overlap with this one in time: they may hold what it lacks.
func (l *ledger) others(file int, size int64) []activity.Answer {
	var list []activity.Answer
	in := &l.c.Inputs[file]
	for i := range l.c.Inputs {
		o := &l.c.Inputs[i]
		if i == file || o.First > in.Last || o.Last < in.First {
			continue
		}
		at, found := slices.BinarySearchFunc(o.Answers, size, func(a activity.Answer, size int64) int { return cmp.Compare(a.Size, size) })
		if found {
			list = append(list, o.Answers[at])
		}
	}
	return list
}

// numbers names row numbers: "numbers 7, 12 to 40 and 3 other stretches".
func numbers(runs []activity.Run) string {
	var parts []string
	for _, r := range runs[:min(len(runs), mostAnswers)] {
		text := countText(r.First)
		if r.Last > r.First {
			text += " to " + countText(r.Last)
		}
		if r.Copies > 1 {
			text += fmt.Sprintf(" (%s times)", countText(r.Copies))
		}
		parts = append(parts, text)
	}
	if n := len(runs) - mostAnswers; n > 0 {
		parts = append(parts, fmt.Sprintf("%d other stretches", n))
	}
	return "number " + strings.Join(parts, ", ")
}

// countText is a number with a comma between thousands.
func countText(n int64) string {
	s := fmt.Sprint(n)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}
