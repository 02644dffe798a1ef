package render

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/brief"
	"triage/analyzers/report/phrase"
	"triage/analyzers/report/term"
	"triage/analyzers/report/words"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// TextOptions are how the text formats are drawn. The zero value is 100 columns without colour.
type TextOptions struct {
	Width int             // columns of the terminal; 0 = 100, at least 60
	Color bool            // ANSI colours; the caller knows the terminal and NO_COLOR
	Files []string        // files written beside, to be named at the end
	Lang  phrase.Language // of verdicts, answers and stories
	Full  bool            // everything that the text can show, not only what fits on a few screens
}

// How much of each list the text shows; JSON has all of it.
const (
	topFindings   = 12
	topRows       = 6 // file:line citations per finding
	topMailboxes  = 15
	topStack      = 8
	topAddresses  = 12
	topSearches   = 15
	topSkipped    = 12
	topUnjudged   = 12
	topCaveats    = 30
	topIdentities = 10
	topAccounts   = 20
	topChanges    = 5
	topInputs     = 25
	topShares     = 8
	topFacts      = 12
	factRunes     = 160
	paraRunes     = 1000
	sentenceRunes = 600
)

// WriteText writes the report for the terminal of somebody in a hurry: what is answered, what was done, the verdict on each
// mailbox, what it rests on, and what is missing; on a few screens unless it is told to show all. Nothing that a log wrote
// can act on the terminal.
func WriteText(w io.Writer, r *report.Report, opts TextOptions) error {
	t := newPage(w, words.Exhibits(labelled(r)), opts)
	writeTitle(t)
	if !opts.Full {
		for _, line := range brief.Lines(t.r, brief.Options{Width: t.width, Lines: brief.MostLines - t.lines, Paint: t.paint, Lang: opts.Lang, Files: opts.Files}) {
			t.line("%s", line)
		}
		return t.out.Flush()
	}
	for _, section := range []func(*page){
		writeAnswers, writeStory, writeTenants, writeVerdicts, writeTenantView, writeReached, writeThreads, writeFindings, writeContainment,
		writeNextEvidence, writeLedger, writeCaveats, writeStacks, writeAccounts, writeIdentities, writeAddresses, writeSearches, writeInputs,
		writeCoverage, writeUnjudged, writeSkipped, writeFooter,
	} {
		section(t)
	}
	return t.out.Flush()
}

// page writes lines; the first error sticks to out and comes up at its Flush.
type page struct {
	out   *bufio.Writer
	r     *report.Report
	opts  TextOptions
	width int
	lines int             // written
	own   map[string]bool // domains that are the client's, for Markdown

	changed []*report.Account // accounts that somebody changed
}

func newPage(w io.Writer, r *report.Report, opts TextOptions) *page {
	columns := opts.Width
	if columns == 0 {
		columns = 100
	}
	t := &page{out: bufio.NewWriter(w), r: r, opts: opts, width: max(columns, 60)}
	for i := range r.Accounts {
		if len(r.Accounts[i].Changes) > 0 {
			t.changed = append(t.changed, &r.Accounts[i])
		}
	}
	return t
}

// line writes one line. Whatever its arguments hold, nothing but the format's own line breaks and our own colours acts
// on a terminal: this is the one way out, also for a report that somebody else wrote.
func (t *page) line(format string, args ...any) {
	safe := report.PlainRune
	if t.opts.Color {
		safe = lineRune
	}
	for i, arg := range args {
		switch s := arg.(type) {
		case string:
			args[i] = strings.Map(safe, s)
		case report.Text:
			args[i] = strings.Map(safe, string(s))
		}
	}
	s := fmt.Sprintf(format, args...)
	if t.opts.Color {
		s = strings.NewReplacer(term.Bad, "\x1b[1;31m", term.Warn, "\x1b[33m", term.Mild, "\x1b[36m", term.Head, "\x1b[1m",
			term.Dim, "\x1b[2m", term.End, "\x1b[0m").Replace(s)
	}
	fmt.Fprintln(t.out, s)
	t.lines++
}

// head opens a section.
func (t *page) head(title string) {
	t.line("")
	t.line("%s", t.paint(title, term.Head))
}

// para writes a text of any origin, wrapped, its first line after first, the others after as many spaces.
func (t *page) para(first, s string) {
	indent := term.Width(first)
	for i, part := range term.Wrap(report.Short(s, paraRunes), max(t.width-indent, 20)) {
		if i > 0 {
			first = strings.Repeat(" ", indent)
		}
		t.line("%s%s", first, part)
	}
}

// more says how much of a list is not shown.
func (t *page) more(shown, all int, what string) { t.moreThan(shown, all, 0, what) }

// moreThan is more for a list that the document cuts, too: beyond is how many it leaves out.
func (t *page) moreThan(shown, listed, beyond int, what string) {
	if text := words.MoreText(shown, listed, beyond, what); text != "" {
		t.line("  %s", text)
	}
}

// table draws rows under a header. Cells must be plain; the texts of column wide, counted from 0, are cut so that the
// table fits.
func (t *page) table(header []string, rows [][]string, wide int) {
	used := 2
	for c := range header {
		if c == wide {
			continue
		}
		most := term.Width(header[c])
		for _, row := range rows {
			most = max(most, term.Width(row[c]))
		}
		used += most + 2
	}
	tw := table.NewWriter()
	tw.SetStyle(table.StyleLight)
	tw.Style().Options = table.OptionsNoBordersAndSeparators
	tw.Style().Format.Header = text.FormatDefault
	tw.Style().Box.PaddingLeft, tw.Style().Box.PaddingRight = "  ", ""
	var right []table.ColumnConfig
	for c, name := range header {
		switch name {
		case "score", "days", "activities", "mailboxes", "inputs", "rows", "silent", "longest gap", "item", "message id",
			"conversation (a guess)", "nothing", "unmatched":
			right = append(right, table.ColumnConfig{Number: c + 1, Align: text.AlignRight, AlignHeader: text.AlignRight})
		}
	}
	tw.SetColumnConfigs(right)
	tw.AppendHeader(cells(header, wide, 0))
	for _, row := range rows {
		tw.AppendRow(cells(row, wide, max(t.width-used, 16)))
	}
	for _, row := range strings.Split(tw.Render(), "\n") {
		t.line("%s", strings.TrimRight(row, " "))
	}
}

// cells are a table's row, its wide column cut to so many columns of the terminal.
func cells(row []string, wide, most int) table.Row {
	out := make(table.Row, len(row))
	for i, cell := range row {
		if i == wide && most > 0 {
			cell = term.FitMiddle(cell, most)
		}
		out[i] = cell
	}
	return out
}

// lineRune is plainRune that lets our colours through.
func lineRune(r rune) rune {
	if r >= 0xE001 && r <= 0xE006 {
		return r
	}
	return report.PlainRune(r)
}

// paint colours a text if colour is wanted.
func (t *page) paint(s, color string) string {
	if !t.opts.Color || color == "" || s == "" {
		return s
	}
	return color + s + term.End
}
