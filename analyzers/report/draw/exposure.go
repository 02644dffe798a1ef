package draw

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"triage/analyzers/exposure"
	"triage/analyzers/report"
	"triage/analyzers/thread"
	"triage/ingest/activity"
)

// What one report may hold of exposure. A file of its own has every message.
const (
	maxExposed       = 10_000 // messages and files of all intruders together
	maxExposedBoxes  = 2_000
	maxExposedRows   = 5 // rows cited of one message
	maxExposedLists  = 500
	maxExposedValues = 50 // recipients and attachments of one message
	maxThreads       = 500
	maxThreadMail    = 50
)

// exposures are what intruders reached, as far as the filter lets their mailboxes through.
func exposures(p *tenantPart) []report.Exposure {
	list := []report.Exposure{}
	most := shareOf(p)
	for _, b := range boxes(p) {
		out := exposureHead(p, b)
		n := min(len(b.Items), most)
		for i := range b.Items[:n] {
			out.Items = append(out.Items, exposedItem(p, b, &b.Items[i], maxExposedRows))
		}
		for i := range b.Items[:n] {
			if size := p.sizes[&b.Items[i]]; size > 0 && b.Items[i].State == exposure.Proven {
				out.Sums.Bytes, out.Sums.Sized = out.Sums.Bytes+report.Number(size), out.Sums.Sized+1
			}
		}
		out.ItemsMore = len(b.Items) - n
		list = append(list, out)
	}
	return list
}

// reportedItems are the items that the report lists.
func reportedItems(p *tenantPart) (list []*exposure.Item) {
	most := shareOf(p)
	for _, b := range boxes(p) {
		for i := range b.Items[:min(len(b.Items), most)] {
			list = append(list, &b.Items[i])
		}
	}
	return list
}

// boxes are the boxes that are reported.
func boxes(p *tenantPart) (list []*exposure.Box) {
	if p.Result.Exposure == nil {
		return nil
	}
	for i := range p.Result.Exposure.Boxes {
		b := &p.Result.Exposure.Boxes[i]
		if p.Filter.mailbox(p.c.Text(b.Mailbox)) && p.Filter.span(b.First, b.Last) {
			list = append(list, b)
		}
	}
	return list[:min(len(list), maxExposedBoxes)]
}

// shareOf is how many items of each box fit, so that the boxes with few have all of theirs.
func shareOf(p *tenantPart) int {
	var sizes []int
	for _, b := range boxes(p) {
		sizes = append(sizes, len(b.Items))
	}
	slices.Sort(sizes)
	left := maxExposed
	for i, n := range sizes {
		if n*(len(sizes)-i) > left {
			return left / (len(sizes) - i)
		}
		left -= n
	}
	return maxExposed
}

func exposureHead(p *tenantPart, b *exposure.Box) report.Exposure {
	out := report.Exposure{
		Intruder: p.intruder(b.Intruder), Mailbox: report.Text(report.Clean(p.c.Text(b.Mailbox))), First: report.Time(b.First), Last: report.Time(b.Last), Activities: b.Acts,
		Sums: exposureSums(&b.Sums), Items: []report.ExposedItem{}, Taken: []report.Taken{}, Unknown: []report.ExposureGap{}, Searches: []report.ExposedSearch{}, Changes: []report.ExposedChange{},
		TakenMore: max(0, len(b.Wholes)-maxExposedLists), SearchesMore: max(0, len(b.Searches)-maxExposedLists), ChangesMore: max(0, len(b.Changes)-maxExposedLists),
	}
	for i := range b.Wholes[:min(len(b.Wholes), maxExposedLists)] {
		w := &b.Wholes[i]
		out.Taken = append(out.Taken, report.Taken{
			How: string(w.How), Text: takenText(p, w), Folder: report.Text(report.Clean(p.c.Text(w.Folder))), Name: report.Text(report.Clean(w.Name)), Targets: cleanAll(w.Targets),
			First: report.Time(w.First), Last: report.Time(w.Last), Standing: w.Open, NotJudged: w.Unread, ReadsBodies: w.Body, Messages: w.Messages,
			Evidence: p.citations(w.Rows[:min(len(w.Rows), maxExposedRows)]), More: w.Count - min(len(w.Rows), maxExposedRows),
		})
	}
	for i := range b.Unknown {
		g := &b.Unknown[i]
		out.Unknown = append(out.Unknown, report.ExposureGap{
			Code: g.Code, First: report.Time(g.First), Last: report.Time(g.Last), Text: report.Clean(g.Text), Evidence: p.citations(g.Rows[:min(len(g.Rows), maxExposedRows)]),
		})
	}
	for i := range b.Searches[:min(len(b.Searches), maxExposedLists)] {
		s := &b.Searches[i]
		out.Searches = append(out.Searches, report.ExposedSearch{
			Time: report.Time(s.Time), Query: report.Clean(s.Query), Rows: s.Count, Evidence: p.citations(s.Rows[:min(len(s.Rows), maxExposedRows)]),
		})
	}
	for i := range b.Changes[:min(len(b.Changes), maxExposedLists)] {
		x := &b.Changes[i]
		out.Changes = append(out.Changes, report.ExposedChange{
			Type: x.Type.String(), Op: report.Text(report.Clean(p.c.Text(p.c.Activities[x.Row].Op))), What: report.Text(report.Clean(x.What)), Target: report.Text(report.Clean(x.Target)),
			Values: cleanAll(x.Values), Evidence: p.citation(x.Row),
		})
	}
	return out
}

// intruder is the name of an intruder.
func (p *tenantPart) intruder(i int) string {
	if a := p.Result.Attribution; a != nil && i >= 0 && i < len(a.Intruders) {
		return a.Intruders[i].Name
	}
	return ""
}

func exposureSums(s *exposure.Sums) report.ExposureSums {
	out := report.ExposureSums{
		Messages: report.ExposureCount(s.Messages), Files: report.ExposureCount(s.Files), Acts: []report.ActSum{}, Searches: s.Searches, Rules: s.Rules, Rights: s.Rights,
		Consents: s.Consents, Links: s.Links, Taken: s.Wholes, Unknown: s.Gaps, Bytes: report.Number(s.Bytes), Sized: s.Sized,
	}
	for i, n := range s.ByAct {
		if n > 0 {
			out.Acts = append(out.Acts, report.ActSum{Act: exposure.Acts(1 << i).Words()[0], Items: n})
		}
	}
	return out
}

// takenText is what was taken, in words.
func takenText(p *tenantPart, w *exposure.Whole) string {
	folder := "the whole mailbox"
	if w.Folder != 0 {
		folder = fmt.Sprintf("the folder %q", p.c.Text(w.Folder))
	}
	text := ""
	switch w.How {
	case exposure.Sync:
		text = folder + ", synchronised"
	case exposure.Protocol:
		text = folder + ", by " + w.Name
	case exposure.Application:
		text = folder + ", by the application " + w.Name
	case exposure.FullAccess:
		text = folder + ", by " + w.Name + " with full access"
	case exposure.Export:
		text = "what the eDiscovery search " + fmt.Sprintf("%q", w.Name) + " found"
	case exposure.Opened:
		text = folder + ": its list was opened"
	case exposure.Forwarding:
		text = fmt.Sprintf("what %q sent on to %s", w.Name, strings.Join(w.Targets, ", "))
	}
	return report.Clean(text)
}

// exposedItem is an item with at most so many of its rows.
func exposedItem(p *tenantPart, b *exposure.Box, in *exposure.Item, rows int) report.ExposedItem {
	text := func(s activity.Symbol) report.Text { return report.Text(report.Clean(p.c.Text(s))) }
	list := func(all []activity.Symbol) []string {
		out := []string{}
		for _, s := range all[:min(len(all), maxExposedValues)] {
			out = append(out, report.Clean(p.c.Text(s)))
		}
		return out
	}
	out := report.ExposedItem{
		Kind: in.Kind.String(), State: in.State.String(), Acts: append([]string{}, in.Acts.Words()...), IdentifiedBy: in.By.String(), MessageID: text(in.MessageID), Item: text(in.Item),
		Conversation: text(in.Conversation), Subject: text(in.Subject), Sender: text(in.Sender), Guess: in.Guess, Recipients: list(in.Recipients),
		RecipientsMore: in.More + max(0, len(in.Recipients)-maxExposedValues), Received: report.Time(in.Received), Size: report.Number(max(in.Size, p.sizes[in])), Folder: text(in.Folder),
		Attachments: list(in.Attachments), First: report.Time(in.First), Last: report.Time(in.Last), Touches: in.Touches, Contested: in.Contested, TakenBy: []string{},
		Evidence: p.citations(in.Rows[:min(len(in.Rows), rows)]),
	}
	out.EvidenceMore = max(len(in.Rows), in.Touches) - len(out.Evidence)
	if in.Kind == exposure.File {
		out.Address = text(in.ID)
	}
	if in.Answers != 0 {
		out.Answers = text(subjectOf(b, in.Answers))
	}
	for _, w := range in.Wholes[:min(len(in.Wholes), maxExposedRows)] {
		out.TakenBy = append(out.TakenBy, takenText(p, &b.Wholes[w]))
	}
	return out
}

// subjectOf is the subject of an item of a box, by its id.
func subjectOf(b *exposure.Box, id activity.Symbol) activity.Symbol {
	for i := range b.Items {
		if b.Items[i].ID == id {
			return b.Items[i].Subject
		}
	}
	return 0
}

// threadsOf are the payment threads, as far as the filter lets their mailboxes through.
func threadsOf(p *tenantPart) (list []report.Thread, more int) {
	list = []report.Thread{}
	all, more := reportedThreads(p)
	for _, t := range all {
		list = append(list, threadOf(p, t))
	}
	return list, more
}

func reportedThreads(p *tenantPart) (list []*thread.Thread, more int) {
	if p.Result.Threads == nil {
		return nil, 0
	}
	for i := range p.Result.Threads.List {
		t := &p.Result.Threads.List[i]
		if p.Filter.mailbox(p.c.Text(t.Mailbox)) && p.Filter.span(t.First, t.Last) {
			list = append(list, t)
		}
	}
	n := min(len(list), maxThreads)
	return list[:n], p.Result.Threads.More + len(list) - n
}

func threadOf(p *tenantPart, in *thread.Thread) report.Thread {
	b := &p.Result.Exposure.Boxes[in.Box]
	out := report.Thread{
		Intruder: p.intruder(in.Intruder), Mailbox: report.Text(report.Clean(p.c.Text(in.Mailbox))), Title: report.Clean(in.Title), GroupedBy: in.How.String(), Likely: in.How == thread.BySubject,
		Words: cleanAll(in.Words), Acts: append([]string{}, in.Acts.Words()...), Searches: []string{}, First: report.Time(in.First), Last: report.Time(in.Last),
		Correspondents: cleanAll(in.Correspondents), LookAlikes: []report.LookAlike{}, Changed: []report.ChangedAddress{}, Messages: []report.ThreadMessage{},
	}
	for _, i := range in.Searches {
		out.Searches = append(out.Searches, report.Clean(b.Searches[i].Query))
	}
	for i := range in.LookAlikes {
		x := &in.LookAlikes[i]
		out.LookAlikes = append(out.LookAlikes, report.LookAlike{
			Domain: report.Clean(x.Domain), LooksLike: report.Clean(x.Like), Addresses: cleanAll(x.From), First: report.Time(x.First), Evidence: p.citations(x.Rows[:min(len(x.Rows), maxExposedRows)]),
		})
	}
	for i := range in.Changed {
		x := &in.Changed[i]
		out.Changed = append(out.Changed, report.ChangedAddress{
			What: x.What, Was: report.Clean(x.Was), Now: report.Clean(x.Now), Time: report.Time(x.Time), Evidence: p.citation(x.Row),
		})
	}
	shown := shownMessages(in)
	for _, i := range shown {
		m := &in.Messages[i]
		one := report.ThreadMessage{
			Time: report.Time(m.Time), From: report.Text(report.Clean(m.From)), Subject: report.Text(report.Clean(m.Subject)), Touched: []string{}, Check: report.Text(m.Why), Evidence: p.citation(m.Row),
		}
		if m.Item >= 0 {
			one.Touched = append(one.Touched, b.Items[m.Item].Acts.Words()...)
		}
		out.Messages = append(out.Messages, one)
	}
	out.MessagesMore = in.More + len(in.Messages) - len(shown)
	return out
}

// shownMessages are the messages of a thread that a report names: those to check and those that he touched before all else.
func shownMessages(in *thread.Thread) []int {
	list := make([]int, len(in.Messages))
	for i := range list {
		list[i] = i
	}
	if len(list) <= maxThreadMail {
		return list
	}
	rank := func(i int) int {
		switch m := &in.Messages[i]; {
		case m.Why != "":
			return 0
		case m.Item >= 0:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(list, func(x, y int) int { return cmp.Compare(rank(x), rank(y)) })
	list = list[:maxThreadMail]
	slices.Sort(list)
	return list
}

// exposedRows are the rows that the report cites of exposure and threads.
func exposedRows(p *tenantPart, yield func(row uint32)) {
	each := func(rows []uint32) {
		for _, row := range rows[:min(len(rows), maxExposedRows)] {
			yield(row)
		}
	}
	most := shareOf(p)
	for _, b := range boxes(p) {
		for i := range b.Items[:min(len(b.Items), most)] {
			each(b.Items[i].Rows)
		}
		headRows(b, yield)
	}
	threads, _ := reportedThreads(p)
	for _, t := range threads {
		for _, i := range shownMessages(t) {
			yield(t.Messages[i].Row)
		}
		for i := range t.LookAlikes {
			each(t.LookAlikes[i].Rows)
		}
		for i := range t.Changed {
			yield(t.Changed[i].Row)
		}
	}
}

// headRows are the rows that are cited of a box beside those of its items.
func headRows(b *exposure.Box, yield func(row uint32)) {
	each := func(rows []uint32) {
		for _, row := range rows[:min(len(rows), maxExposedRows)] {
			yield(row)
		}
	}
	for i := range b.Wholes[:min(len(b.Wholes), maxExposedLists)] {
		each(b.Wholes[i].Rows)
	}
	for i := range b.Unknown {
		each(b.Unknown[i].Rows)
	}
	for i := range b.Searches[:min(len(b.Searches), maxExposedLists)] {
		each(b.Searches[i].Rows)
	}
	for i := range b.Changes[:min(len(b.Changes), maxExposedLists)] {
		yield(b.Changes[i].Row)
	}
}

// batch is how many messages are read at once: their rows are looked up in the inputs together.
const batch = 4096

// EachExposed yields every message and file that intruders reached, with every row that is kept of it, in the order of the
// report; of is what it belongs to, without its lists.
func EachExposed(ctx context.Context, in Source, yield func(of *report.Exposure, item *report.ExposedItem) error) error {
	several := len(in.Result.Tenants) > 0
	whole := newTenantPart(in, in.Result)
	for _, one := range in.Result.Each() {
		if !in.Filter.tenant(one.Case.Tenant) || one.Exposure == nil {
			continue
		}
		p := newTenantPart(in, one)
		for i := range one.Exposure.Boxes {
			b := &one.Exposure.Boxes[i]
			if !p.Filter.mailbox(p.c.Text(b.Mailbox)) || !p.Filter.span(b.First, b.Last) {
				continue
			}
			of := report.Exposure{Intruder: p.intruder(b.Intruder), Mailbox: report.Text(report.Clean(p.c.Text(b.Mailbox)))}
			if several {
				of.Tenant = report.NamedTenant(p.c.Tenant)
			}
			if err := eachItem(ctx, whole, p, b, &of, yield); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

func eachItem(
	ctx context.Context, whole, p *tenantPart, b *exposure.Box, of *report.Exposure, yield func(of *report.Exposure, item *report.ExposedItem) error,
) error {
	for start := 0; start < len(b.Items); start += batch {
		some := b.Items[start:min(start+batch, len(b.Items))]
		p.cites = map[activity.Origin]*CitedRecord{}
		want := map[activity.Origin]bool{}
		for i := range some {
			for _, row := range some[i].Rows {
				want[p.c.Whole(p.c.Activities[row].Origin())] = true
			}
		}
		if err := readCited(ctx, whole, p.cites, want, 0); err != nil {
			return err
		}
		list := make([]*exposure.Item, len(some))
		for i := range some {
			list[i] = &some[i]
		}
		var err error
		if p.sizes, err = sizes(ctx, whole, p, list); err != nil {
			return err
		}
		for i := range some {
			item := exposedItem(p, b, &some[i], exposure.MaxRows)
			if err := yield(of, &item); err != nil {
				return err
			}
		}
	}
	return nil
}
