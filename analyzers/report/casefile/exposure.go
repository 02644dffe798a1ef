package casefile

import (
	"cmp"
	"slices"
	"strings"

	"triage/analyzers/report"
)

// exposureView is chapter 6.
type exposureView struct {
	Count      int
	Total      report.ExposureCount
	Mailboxes  int
	Outside    int // correspondents
	Unknown    int
	Rows       []exposedBox
	RowsMore   int
	Sum        exposedBox
	Messages   []exposedItem // in order of time
	Rest       []exposedItem // graver ones stand in Messages
	More       int
	Taken      []takenRow
	TakenMore  int
	Gaps       []gapRow
	GapsMore   int
	Searches   []searchRow
	SearchMore int
	Several    bool // mailboxes
	Empty      string
}

type exposedBox struct {
	Mailbox, Intruder           string
	Proven, Presumed, Contested string
	Bar                         bar
	Unknown                     string
}

// bar is a share in pixels of a drawing 200 wide: proven, presumed, and whether there is more.
type bar struct {
	Proven, Presumed, At, Hatch int
}

type exposedItem struct {
	State    chip
	Subject  string
	Note     string
	From     string
	Received string
	Touched  string
	How      string
	Mailbox  string
	Attached string
	Rows     refs
}

type takenRow struct {
	What, Span, Messages string
	Rows                 refs
}

type gapRow struct {
	Mailbox, Span, Text string
	Rows                refs
}

type searchRow struct {
	Time, Intruder, Mailbox, Query, Count string
	Rows                                  refs
}

// exposurePage makes chapter 6.
type exposurePage struct{ *book }

func (b exposurePage) exposure() exposureView {
	v := exposureView{Total: b.totals()}
	v.Count = v.Total.Proven + v.Total.Presumed
	if len(b.r.Exposure) == 0 {
		v.Empty = "No message or file is seen in the hands of an intruder. " + b.looked().English() + " What was read shows only where the log has MailItemsAccessed or a mailbox export has reads."
		return v
	}
	boxes, outside := map[string]bool{}, map[string]bool{}
	for i := range b.r.Exposure {
		x := &b.r.Exposure[i]
		boxes[string(x.Mailbox)] = true
		v.Unknown += x.Sums.Unknown
		if len(v.Rows) < mostListed {
			v.Rows = append(v.Rows, b.exposedBox(x, v.Total))
		} else {
			v.RowsMore++
		}
		b.takenWhole(&v, x)
		for k := range x.Items {
			if slices.Contains(x.Items[k].Acts, "sent") {
				for _, to := range x.Items[k].Recipients {
					outside[to] = true
				}
			}
		}
	}
	v.Mailboxes, v.Outside, v.Several = len(boxes), len(outside), len(boxes) > 1
	v.Sum = exposedBox{
		Mailbox: "Total for notification", Proven: report.Grouped(v.Total.Proven), Presumed: report.Grouped(v.Total.Presumed), Contested: report.Grouped(v.Total.Contested),
		Bar: barOf(v.Total, v.Total, v.Unknown > 0),
	}
	b.messages(&v)
	return v
}

func barOf(c, of report.ExposureCount, more bool) bar {
	all := max(of.Proven+of.Presumed, 1)
	width := func(n int) int {
		if n == 0 {
			return 0
		}
		return max(4, n*170/all)
	}
	out := bar{Proven: width(c.Proven), Presumed: width(c.Presumed)}
	out.At = out.Proven + out.Presumed
	if more {
		out.Hatch = 24
	}
	return out
}

func (b exposurePage) exposedBox(x *report.Exposure, of report.ExposureCount) exposedBox {
	c := report.ExposureCount{
		Proven: x.Sums.Messages.Proven + x.Sums.Files.Proven, Presumed: x.Sums.Messages.Presumed + x.Sums.Files.Presumed,
		Contested: x.Sums.Messages.Contested + x.Sums.Files.Contested,
	}
	row := exposedBox{
		Mailbox: cell(or(x.Mailbox, "not named by the records")), Intruder: cell(x.Intruder), Proven: report.Grouped(c.Proven), Presumed: report.Grouped(c.Presumed),
		Contested: report.Grouped(c.Contested), Bar: barOf(c, of, x.Sums.Unknown > 0),
	}
	if t := b.tenant(x.Tenant); t != "" {
		row.Mailbox += " (" + t + ")"
	}
	var unknown []string
	for k := range x.Unknown[:min(len(x.Unknown), 2)] {
		unknown = append(unknown, short(x.Unknown[k].Text, 200))
	}
	if n := x.Sums.Unknown - len(unknown); n > 0 && len(unknown) > 0 {
		unknown = append(unknown, plural(n, "more interval", "more intervals"))
	}
	row.Unknown = sentence(strings.Join(unknown, "; "))
	if row.Unknown == "" {
		row.Unknown = "No interval in which the log cannot tell."
	}
	return row
}

// takenWhole adds what was taken as a whole, what cannot be known, and the searches.
func (b exposurePage) takenWhole(v *exposureView, x *report.Exposure) {
	for k := range x.Taken {
		if len(v.Taken) == mostListed {
			v.TakenMore += len(x.Taken) - k
			break
		}
		t := &x.Taken[k]
		row := takenRow{What: sentence("intruder " + cell(x.Intruder) + ", " + cell(x.Mailbox) + ": " + text(t.Text)), Span: b.lasted(t.First, t.Last), Messages: report.Grouped(t.Messages), Rows: b.cite(t.Evidence, t.More)}
		if t.Standing {
			row.What += " It still stands as far as the log goes."
		}
		if t.NotJudged {
			row.What += " It has conditions that the data cannot judge."
		}
		if t.ReadsBodies {
			row.What += " It looks into what messages say: it may have taken more."
		}
		v.Taken = append(v.Taken, row)
	}
	v.TakenMore += x.TakenMore
	for k := range x.Unknown {
		if len(v.Gaps) == mostListed {
			v.GapsMore += len(x.Unknown) - k
			break
		}
		g := &x.Unknown[k]
		row := gapRow{Mailbox: cell(x.Mailbox), Span: "all the time", Text: sentence(text(g.Text)), Rows: b.cite(g.Evidence, 0)}
		if isKnown(g.First) {
			row.Span = b.lasted(g.First, g.Last)
		}
		v.Gaps = append(v.Gaps, row)
	}
	for k := range x.Searches {
		if len(v.Searches) == mostMessages {
			v.SearchMore += len(x.Searches) - k
			break
		}
		s := &x.Searches[k]
		v.Searches = append(v.Searches, searchRow{
			b.when(s.Time), cell(x.Intruder), cell(x.Mailbox), quoted(s.Query), report.Grouped(s.Rows), b.cite(s.Evidence, s.Rows-len(s.Evidence)),
		})
	}
	v.SearchMore += x.SearchesMore
}

// messages chooses the messages and files that are shown: proven ones first, what was sent, answered and deleted before
// what was read, so that of very many the gravest are here.
func (b exposurePage) messages(v *exposureView) {
	type one struct {
		item *report.ExposedItem
		box  report.Text
		rank int
	}
	var all []one
	for i := range b.r.Exposure {
		x := &b.r.Exposure[i]
		v.More += x.ItemsMore
		for k := range x.Items {
			it := &x.Items[k]
			all = append(all, one{it, x.Mailbox, gravity(it)})
		}
	}
	slices.SortStableFunc(all, func(x, y one) int { return cmp.Compare(x.rank, y.rank) })
	shown := all[:min(len(all), mostMessages)]
	v.More += len(all) - len(shown)
	rows := func(list []one) (out []exposedItem) {
		slices.SortStableFunc(list, func(x, y one) int { return cmp.Compare(x.item.First, y.item.First) })
		for _, x := range list {
			out = append(out, b.item(x.item, x.box))
		}
		return out
	}
	first := min(len(shown), mostAtFirst)
	v.Messages, v.Rest = rows(shown[:first]), rows(shown[first:])
}

// gravity ranks an item: what was done with it, and how sure that is.
func gravity(x *report.ExposedItem) int {
	rank := []string{"proven", "presumed", "contested"}
	state := max(slices.Index(rank, x.State), 0) * 20
	for i, act := range []string{"sent", "replied", "forwarded", "deleted", "shared", "downloaded", "opened attachment", "moved"} {
		if slices.Contains(x.Acts, act) {
			return state + i
		}
	}
	return state + 10
}

func (b exposurePage) item(x *report.ExposedItem, box report.Text) exposedItem {
	out := exposedItem{
		State: stateOfItem(x.State), From: cell(x.Sender), Received: "not in this data", Touched: b.when(x.First),
		How: words(x.Acts, 6), Mailbox: cell(box), Rows: b.cite(x.Evidence, x.EvidenceMore), Attached: words(namesOf(x.Attachments), 3),
	}
	if isKnown(x.Received) {
		out.Received = b.minute(x.Received)
	}
	if out.How == "" {
		out.How = "taken whole"
	}
	if out.From == "" {
		out.From = "not recorded"
	}
	switch {
	case x.Kind == "file":
		out.Subject = cell(or(x.Address, x.Item, "file without a name"))
		out.From, out.Received = "file", "–"
	case x.Subject != "":
		out.Subject = cell(x.Subject)
		if x.Guess {
			out.Note = "by its conversation"
		}
	case x.Answers != "":
		out.Subject, out.Note = "not recorded", "answers "+quoted(x.Answers)
	default:
		out.Subject, out.Note = "not recorded", shortID(string(or(x.MessageID, x.Item, x.Conversation)))
	}
	if len(x.Recipients) > 0 && slices.Contains(x.Acts, "sent") {
		out.Note = strings.TrimPrefix(out.Note+", to "+words(x.Recipients, 3), ", ")
	}
	return out
}

// namesOf are attachments without how Outlook holds them: ".pdf,ByValue" is ".pdf".
func namesOf(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = strings.TrimSuffix(s, ",ByValue")
	}
	return out
}

func stateOfItem(s string) chip {
	switch s {
	case "proven":
		return chip{"proven", "Proven"}
	case "presumed":
		return chip{"presumed", "Presumed"}
	}
	return chip{"contested", "Contested"}
}
