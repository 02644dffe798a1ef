package casefile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/phrase"
)

// How much of each list the file has; what is left out is counted.
const (
	mostExhibits  = 6   // on the cover; more stand in the last chapter
	mostListed    = 150 // rows of a table that has no bound of its own
	mostAccounts  = 500
	mostInputs    = 500
	mostCards     = 20
	mostMessages  = 200
	mostAtFirst   = 40  // of those; the others open by a click
	mostGrave     = 700 // findings of high and above
	mostFindings  = 250 // findings below
	mostActs      = 500
	mostInFull    = 120 // objects whose rows and facts are shown
	mostRefs      = 4
	mostAddresses = 40
	mostUndecided = 20
	mostSteps     = 40 // of one part of what is to be done
	mostThreads   = 40
	mostInsets    = 12 // pictures of minutes
	cellRunes     = 100
	textRunes     = 320
	rawRunes      = 400
)

// book is a report with what is looked up in it again and again.
type book struct {
	r         *report.Report
	lang      phrase.Language
	labels    map[string]string // exhibit of each path: E1
	anchors   map[string]bool   // activities that have a row of their own: E1-229
	acts      []actRow
	actsMore  int
	byID      map[string]*report.Finding
	intruders map[owner][]string // that were in each account
	years     bool               // times are of more than one year
	tenants   map[report.TenantOf]string
	remains   []persistRow    // what was left behind
	listed    map[string]bool // exhibits that have a row of their own
}

// owner is an account of one tenant.
type owner struct {
	account string
	of      report.TenantOf
}

func newBook(r *report.Report, lang phrase.Language) *book {
	b := &book{
		r: r, lang: lang, labels: map[string]string{}, anchors: map[string]bool{}, byID: map[string]*report.Finding{}, intruders: map[owner][]string{},
		tenants: r.TenantNames(), listed: map[string]bool{},
	}
	first, last := report.Time(0), report.Time(0)
	for i := range r.Inputs {
		in := &r.Inputs[i]
		if _, twice := b.labels[in.Path]; !twice {
			b.labels[in.Path] = fmt.Sprintf("E%d", i+1)
			b.listed[b.labels[in.Path]] = i < mostInputs
		}
		if in.First != 0 && (first == 0 || in.First < first) {
			first = in.First
		}
		last = max(last, in.Last)
	}
	b.years = yearOf(first) != yearOf(last)
	for i := range r.Findings {
		b.byID[r.Findings[i].ID] = &r.Findings[i]
	}
	for i := range r.Intruders {
		for _, a := range r.Intruders[i].Accounts {
			of := owner{a, r.Intruders[i].Tenant}
			b.intruders[of] = append(b.intruders[of], r.Intruders[i].Intruder)
		}
	}
	actPage{b}.gather()
	b.remains = persistPage{b}.leftBehind()
	return b
}

// ref is one place of the evidence, "E1:229", and where in the file it is shown: To is an anchor.
type ref struct{ Label, To string }

// refs are the places of some rows, and how many more there are.
type refs struct {
	List []ref
	More int
}

// cite labels rows. Rows without a hole between them are one label: E1:201–227.
func (b *book) cite(rows []report.Citation, beyond int) refs {
	if one, ok := b.span(rows, len(rows)+beyond); ok {
		return refs{List: []ref{one}}
	}
	out := refs{More: beyond}
	for i := 0; i < len(rows); {
		n := 1
		for i+n < len(rows) && rows[i+n].File == rows[i].File && away(rows[i+n].Line, rows[i].Line) == int64(n) {
			n++
		}
		switch one := b.label(rows[i : i+n]); {
		case slices.Contains(out.List, one):
		case len(out.List) == mostRefs:
			out.More += n
		default:
			out.List = append(out.List, one)
		}
		i += n
	}
	return out
}

// span is the label of rows that are, with those not listed, all lines between the first and the last.
func (b *book) span(rows []report.Citation, total int) (ref, bool) {
	if len(rows) < 2 {
		return ref{}, false
	}
	low, high := rows[0].Line, rows[0].Line
	for i := range rows {
		if rows[i].File != rows[0].File {
			return ref{}, false
		}
		low, high = min(low, rows[i].Line), max(high, rows[i].Line)
	}
	if high-low+1 != int64(total) {
		return ref{}, false
	}
	return b.labelOf(rows[0].File, low, high), true
}

func (b *book) label(rows []report.Citation) ref {
	first, last := rows[0].Line, rows[len(rows)-1].Line
	return b.labelOf(rows[0].File, min(first, last), max(first, last))
}

func (b *book) labelOf(file string, low, high int64) ref {
	exhibit := b.exhibit(file)
	out := ref{Label: fmt.Sprintf("%s:%d", exhibit, low)}
	if b.listed[exhibit] {
		out.To = exhibit
	}
	if high > low {
		out.Label += fmt.Sprintf("–%d", high)
	}
	for line := low; line <= min(high, low+200); line++ {
		if at := fmt.Sprintf("%s-%d", exhibit, line); b.anchors[at] {
			out.To = at
			break
		}
	}
	return out
}

// shownExhibit says that an exhibit has a row of its own in a table of exhibits.
func (b *book) shownExhibit(label string) bool { return b.listed[label] }

// exhibit is what an input is called; a path that is no input's keeps the end of its name.
func (b *book) exhibit(file string) string {
	if e, ok := b.labels[file]; ok {
		return e
	}
	return "E0"
}

// evidence labels the rows of a finding.
func (b *book) evidence(rows []report.Evidence, beyond int) refs {
	list := make([]report.Citation, len(rows))
	for i := range rows {
		list[i] = report.Citation{File: rows[i].File, Line: rows[i].Line}
	}
	return b.cite(list, max(0, beyond))
}

func (b *book) one(c report.Citation) refs {
	if c.File == "" {
		return refs{}
	}
	return b.cite([]report.Citation{c}, 0)
}

func away(x, y int64) int64 { return max(x-y, y-x) }

// tenant is a tenant's name behind what belongs to it; "" where there is one tenant.
func (b *book) tenant(of report.TenantOf) string {
	if of == "" || !b.r.Several() {
		return ""
	}
	return report.Short(b.tenants[of], 80)
}

// cell is a text of the log for one cell.
func cell[T ~string](s T) string { return short(string(s), cellRunes) }

func text[T ~string](s T) string { return short(string(s), textRunes) }

// short is report.Short without reading what cannot be shown: a text of the log may be thousands of runes that show nothing.
func short(s string, n int) string {
	const most = 8 // bytes read for each rune shown
	if len(s) <= most*n {
		return report.Short(s, n)
	}
	return report.Short(strings.ToValidUTF8(s[:most*n], ""), n-1) + "…"
}

// quoted is a text of the log between quotes; "" stays.
func quoted[T ~string](s T) string {
	if s == "" {
		return ""
	}
	return "“" + cell(s) + "”"
}

func or[T ~string](s ...T) T { return cmp.Or(s...) }

func baseName(path string) string { return path[strings.LastIndexAny(path, `/\`)+1:] }

// sentence begins with a capital and ends in a point.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	first := s[0]
	if first >= 'a' && first <= 'z' && !strings.Contains(firstWord(s), "@") && !strings.Contains(firstWord(s), ".") {
		s = strings.ToUpper(s[:1]) + s[1:]
	}
	if !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "?") && !strings.HasSuffix(s, "…") {
		s += "."
	}
	return s
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(s, " ")
	return word
}

// words are "a, b and c", at most some of them.
func words(list []string, most int) string {
	short := make([]string, 0, min(len(list), most))
	for _, s := range list[:min(len(list), most)] {
		short = append(short, cell(s))
	}
	switch n := len(list) - len(short); {
	case n > 0:
		return strings.Join(short, ", ") + " and " + report.Grouped(n) + " more"
	case len(short) > 1:
		return strings.Join(short[:len(short)-1], ", ") + " and " + short[len(short)-1]
	default:
		return strings.Join(short, "")
	}
}

// plural is a number with its word.
func plural(n int, one, many string) string { return report.Counted(n, one, many) }

// spelled is a small number in words, as a sentence begins with it.
func spelled(n int) string {
	names := []string{"No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"}
	if n < len(names) {
		return names[n]
	}
	return report.Grouped(n)
}
