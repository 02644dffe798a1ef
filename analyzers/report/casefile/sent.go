package casefile

import (
	"fmt"
	"slices"
	"strings"

	"triage/analyzers/report"
)

// sentView is chapter 7.
type sentView struct {
	Count          int
	Sent, Deleted  []sentRow
	SentMore       int
	DeletedMore    int
	Warn           string
	Victims        []sentRow // who acted on what was sent
	VictimsMore    int
	Threads        []threadView
	ThreadsMore    int
	LookAlikes     []lookAlike
	Compared       string // where no look-alike is seen
	NoSent, NoGone string
	NoThreads      string
}

type sentRow struct {
	Time, Title, Note string
	Rows              refs
}

type threadView struct {
	Title, Mailbox, Intruder, With, Did, Span, Found, Likely string
	Checks                                                   []sentRow
	ChecksMore                                               int
}

type lookAlike struct {
	Text string
	Rows refs
}

// sentPage makes chapter 7.
type sentPage struct{ *book }

func (b sentPage) sent() sentView {
	v := sentView{}
	sum := map[string]int{}
	for i := range b.r.Exposure {
		x := &b.r.Exposure[i]
		for _, a := range x.Sums.Acts {
			sum[a.Act] += a.Items
		}
		for k := range x.Items {
			it := &x.Items[k]
			if slices.Contains(it.Acts, "sent") && len(v.Sent) < mostMessages {
				v.Sent = append(v.Sent, b.sentRow(it, x, true))
			}
			if slices.Contains(it.Acts, "deleted") && len(v.Deleted) < mostMessages {
				v.Deleted = append(v.Deleted, b.sentRow(it, x, false))
			}
		}
	}
	v.SentMore, v.DeletedMore = max(0, sum["sent"]-len(v.Sent)), max(0, sum["deleted"]-len(v.Deleted))
	v.Count = len(v.Sent) + v.SentMore + len(v.Deleted) + v.DeletedMore
	if to := b.factsOf("sent", "recipients"); len(to) > 0 {
		v.Warn = "To be warned, by telephone or from another mailbox: " + words(to, 12) + "."
	}
	for i := range b.r.Intruders {
		x := &b.r.Intruders[i]
		v.VictimsMore += x.VictimsMore
		for k := range x.Victims {
			if len(v.Victims) == mostListed {
				v.VictimsMore += len(x.Victims) - k
				break
			}
			v.Victims = append(v.Victims, b.victim(x, &x.Victims[k]))
		}
	}
	v.NoSent = "No message is seen to have been sent by an intruder. " + b.traceNote()
	v.NoGone = "No deletion by an intruder is seen. " + b.traceNote()
	for i := range b.r.Threads {
		t := &b.r.Threads[i]
		if i < mostThreads {
			v.Threads = append(v.Threads, b.thread(t))
		}
		b.pretenders(&v, t)
	}
	v.ThreadsMore = max(0, len(b.r.Threads)-mostThreads) + b.r.ThreadsMore
	v.NoThreads = "No payment thread is seen to have been touched by an intruder. " + b.looked().English()
	b.lookFindings(&v)
	if len(v.LookAlikes) == 0 {
		v.Compared = "No look-alike domain and no changed reply address is seen in the threads that were touched. " + b.looked().English() + " Mail that went past these mailboxes is not in this data."
	}
	return v
}

// victim is somebody to whom an intruder wrote, and who then did what he wanted.
func (b sentPage) victim(x *report.Intruder, y *report.Victim) sentRow {
	note := "after the message " + or(quoted(y.Subject), "without a subject") + " of intruder " + cell(x.Intruder)
	if isKnown(y.Sent) {
		note += ", sent " + b.minute(y.Sent)
	}
	return sentRow{b.when(y.Time), cell(y.Account) + " " + cell(y.Did), sentence(note), b.cite(y.Evidence, 0)}
}

func (b sentPage) traceNote() string {
	if b.has("trace") {
		return "The message trace of the data was looked through."
	}
	return "A message trace would show what was sent to whom: it is not in this data."
}

func (b sentPage) sentRow(it *report.ExposedItem, x *report.Exposure, sent bool) sentRow {
	row := sentRow{Time: b.when(it.Last), Rows: b.cite(it.Evidence, it.EvidenceMore)}
	item := exposurePage(b).item(it, x.Mailbox)
	row.Title = item.Subject
	var note []string
	switch {
	case it.Subject == "" && it.Answers != "":
		row.Title = "Answer to " + quoted(it.Answers)
	case item.Note != "" && !sent:
		note = append(note, item.Note)
	}
	if sent {
		switch n := len(it.Recipients); {
		case n > 0:
			note = append(note, "to "+words(it.Recipients, 4))
			if it.RecipientsMore > 0 {
				note = append(note, "and "+report.Grouped(it.RecipientsMore)+" more")
			}
		default:
			note = append(note, "to whom is not in this data")
		}
		if slices.Contains(it.Acts, "deleted") {
			note = append(note, "deleted afterwards")
		}
	} else if it.Sender != "" {
		note = append(note, "from "+cell(it.Sender))
	}
	note = append(note, cell(x.Mailbox)+", intruder "+cell(x.Intruder))
	row.Note = sentence(strings.Join(note, "; "))
	return row
}

func (b sentPage) thread(t *report.Thread) threadView {
	v := threadView{
		Title: or(quoted(t.Title), "without a subject"), Mailbox: cell(t.Mailbox), Intruder: cell(t.Intruder), With: or(words(t.Correspondents, 4), "not recorded"), Did: or(words(t.Acts, 8), "touched it"), Span: b.lasted(t.First, t.Last),
	}
	if t.Likely {
		v.Likely = "likely one conversation: by its subject"
	}
	if len(t.Searches) > 0 {
		v.Found = "found by his search for “" + words(t.Searches, 2) + "”"
	}
	for i := range t.Messages {
		m := &t.Messages[i]
		if m.Check == "" {
			continue
		}
		if len(v.Checks) == 6 {
			v.ChecksMore++
			continue
		}
		v.Checks = append(v.Checks, sentRow{b.when(m.Time), or(quoted(m.Subject), "subject not recorded") + " from " + or(cell(m.From), "unknown"), sentence(text(m.Check)), b.one(m.Evidence)})
	}
	return v
}

// pretenders adds the look-alikes and the changed addresses of a thread.
func (b sentPage) pretenders(v *sentView, t *report.Thread) {
	for i := range t.LookAlikes {
		l := &t.LookAlikes[i]
		if len(v.LookAlikes) < mostThreads {
			v.LookAlikes = append(v.LookAlikes, lookAlike{
				fmt.Sprintf("%s looks like %s: since %s, as %s, in %s.", cell(l.Domain), cell(l.LooksLike), b.minute(l.First), or(words(l.Addresses, 3), "no address"), quoted(t.Title)), b.cite(l.Evidence, 0),
			})
		}
	}
	for i := range t.Changed {
		c := &t.Changed[i]
		if len(v.LookAlikes) < mostThreads {
			v.LookAlikes = append(v.LookAlikes, lookAlike{
				sentence(fmt.Sprintf("%s changed from %s to %s on %s, in %s", cell(c.What), cell(c.Was), cell(c.Now), b.minute(c.Time), quoted(t.Title))), b.one(c.Evidence),
			})
		}
	}
}

// lookFindings adds what findings say of look-alike domains outside the threads.
func (b sentPage) lookFindings(v *sentView) {
	for i := range b.r.Findings {
		f := &b.r.Findings[i]
		if strings.Contains(f.Rule, "look-alike") && f.Family == "delivery" && f.Suppressed == nil && len(v.LookAlikes) < mostThreads {
			v.LookAlikes = append(v.LookAlikes, lookAlike{sentence(text(or(f.Text, f.Title))), b.evidence(f.Evidence, f.Count-len(f.Evidence))})
		}
	}
}
