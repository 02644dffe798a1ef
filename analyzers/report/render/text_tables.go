package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/term"
	"triage/analyzers/report/words"
)

// writeStacks are the 2018 post's own method, useful when no rule fires: each value of a mailbox, the rarest first.
func writeStacks(t *page) {
	boxes := t.r.Mailboxes
	if len(boxes) == 0 {
		return
	}
	t.head("RAREST FIRST, PER MAILBOX")
	for i := range boxes[:min(len(boxes), topMailboxes)] {
		m := &boxes[i]
		t.line("  %s", t.paint(report.Short(m.Mailbox, 80), term.Head))
		drawn := writeStack(t, "client", m.Stacks.App)
		drawn = writeStack(t, "country", m.Stacks.Country) || drawn
		drawn = writeStack(t, "network", m.Stacks.ASN) || drawn
		if drawn = writeStack(t, "agent", m.Stacks.Agent) || drawn; !drawn {
			t.line("    no client, address or agent in the data")
		}
	}
	t.more(topMailboxes, len(boxes), "mailboxes ")
}

// writeStack draws one table; false if there is nothing to draw.
func writeStack(t *page, title string, values []report.StackValue) bool {
	if len(values) == 0 {
		return false
	}
	rows := make([][]string, 0, topStack)
	for _, v := range values[:min(len(values), topStack)] {
		value := report.Short(string(v.Value), 200)
		switch {
		case v.Value == "":
			value = "(not said)"
		case title == "network":
			value = "AS" + value
			if org := t.orgOf(v.Value); org != "" {
				value += " " + org
			}
		}
		rows = append(rows, []string{value, report.Grouped(v.Days), report.Grouped(v.Activities), words.Day(v.First), words.Day(v.Last)})
	}
	t.table([]string{title, "days", "activities", "first", "last"}, rows, 0)
	t.more(topStack, len(values), "")
	return true
}

// orgOf is whose network a number is, if an address of the report says so.
func (t *page) orgOf(asn report.Text) string {
	for i := range t.r.Addresses {
		if a := &t.r.Addresses[i]; a.ASN != 0 && strconv.FormatInt(int64(a.ASN), 10) == string(asn) {
			return report.Short(string(a.Org), 40)
		}
	}
	return ""
}

// writeAddresses shows those that findings speak of; the innocent ones are in the stacks by country and network.
func writeAddresses(t *page) {
	all := slices.DeleteFunc(slices.Clone(t.r.Addresses), func(a report.Address) bool { return a.Score == 0 && len(a.Findings) == 0 })
	if len(all) == 0 {
		return
	}
	t.head("ADDRESSES, MOST SUSPECT FIRST")
	rows := make([][]string, 0, topAddresses)
	for _, a := range all[:min(len(all), topAddresses)] {
		network := "unknown"
		if a.ASN != 0 {
			network = fmt.Sprintf("AS%d %s", a.ASN, report.Short(string(a.Org), 40))
		}
		rows = append(rows, []string{
			fmt.Sprintf("%.1f", a.Score), report.Short(a.IP, 45), orUnknown(a.Country), orUnknown(a.Class), network, words.Day(a.First), words.Day(a.Last),
		})
	}
	t.table([]string{"score", "address", "country", "class", "network", "first", "last"}, rows, 4)
	t.more(topAddresses, len(all), "")
}

// orUnknown is a text for a table's cell.
func orUnknown(s report.Text) string {
	if s == "" {
		return "unknown"
	}
	return report.Short(string(s), 40)
}

// writeSearches shows what was searched for; searches that a finding names come first.
func writeSearches(t *page) {
	if len(t.r.Searches) == 0 {
		return
	}
	t.head("SEARCHES")
	all := slices.Clone(t.r.Searches)
	slices.SortStableFunc(all, func(a, b report.Search) int {
		switch {
		case a.Finding != "" && b.Finding == "":
			return -1
		case a.Finding == "" && b.Finding != "":
			return 1
		}
		return 0
	})
	rows := make([][]string, 0, topSearches)
	for _, s := range all[:min(len(all), topSearches)] {
		rows = append(rows, []string{
			words.ClockTime(s.Time), report.Short(s.Mailbox, 40), strconv.Quote(report.Short(s.Query, 200)), report.Grouped(s.Rows), report.Short(string(s.Finding), 12),
		})
	}
	t.table([]string{"time", "mailbox", "query", "rows", "finding"}, rows, 2)
	t.more(topSearches, len(all), "")
}

func writeCoverage(t *page) {
	if len(t.r.Coverage) == 0 {
		return
	}
	t.head("COVERAGE")
	rows := make([][]string, 0, topMailboxes)
	for _, c := range t.r.Coverage[:min(len(t.r.Coverage), topMailboxes)] {
		longest := 0
		for _, gap := range c.Gaps {
			longest = max(longest, gap.Days)
		}
		rows = append(rows, []string{
			report.Short(c.Mailbox, 60), c.Source, words.Day(c.First), words.Day(c.Last), report.Grouped(c.Days), report.Grouped(c.SilentDays), report.Grouped(longest),
		})
	}
	t.table([]string{"mailbox", "source", "first", "last", "days", "silent", "longest gap"}, rows, 0)
	t.more(topMailboxes, len(t.r.Coverage), "")
	writeJoins(t)
}

// writeJoins says of how many activities the message is known.
func writeJoins(t *page) {
	var rows [][]string
	all := 0
	for _, m := range t.r.Mailboxes {
		j := m.Joined
		if j.Item+j.MessageID+j.Conversation+j.Unmatched == 0 {
			continue
		}
		if all++; all <= topMailboxes {
			rows = append(rows, []string{
				report.Short(m.Mailbox, 60), report.Grouped(j.Item), report.Grouped(j.MessageID), report.Grouped(j.Conversation), report.Grouped(j.Unmatched),
				fmt.Sprintf("%.1f %%", 100*j.Share),
			})
		}
	}
	if all == 0 {
		return
	}
	t.head("ACTIVITIES ON MESSAGES, JOINED TO THEIR DELIVERY BY")
	t.table([]string{"mailbox", "item", "message id", "conversation (a guess)", "nothing", "unmatched"}, rows, 0)
	t.more(topMailboxes, all, "")
}

// writeIdentities lists which names were taken for one account.
func writeIdentities(t *page) {
	if len(t.r.Identities) == 0 {
		return
	}
	shown := t.r.Identities[:min(len(t.r.Identities), topIdentities)]
	rows := make([][]string, len(shown))
	for i := range shown {
		x := &shown[i]
		rows[i] = []string{report.Short(x.Account, 60), report.Short(x.Name, 60), report.Grouped(x.Activities), x.Why}
	}
	t.head("NAMES OF ONE ACCOUNT")
	t.table([]string{"account", "also called", "activities", "because"}, rows, 1)
	t.more(topIdentities, len(t.r.Identities)+t.r.IdentitiesMore, "")
}

// writeUnjudged lists the rules that could not judge, one line per rule and reason.
func writeUnjudged(t *page) {
	if len(t.r.NotEvaluated) == 0 {
		return
	}
	t.head("NOT EVALUATED")
	type why struct{ rule, reason string }
	boxes := map[why][]string{}
	var order []why
	for _, n := range t.r.NotEvaluated {
		key := why{n.Rule, n.Reason}
		if boxes[key] == nil {
			order = append(order, key)
		}
		boxes[key] = append(boxes[key], string(n.Mailbox))
	}
	for _, key := range order[:min(len(order), topUnjudged)] {
		names := boxes[key]
		who := strings.Join(names[:min(len(names), 3)], ", ")
		if len(names) > 3 {
			who += fmt.Sprintf(" and %d more", len(names)-3)
		}
		if who == "" {
			who = "any mailbox"
		}
		t.para("  ", fmt.Sprintf("%s: %s (%s)", key.rule, key.reason, who))
	}
	t.more(topUnjudged, len(order), "")
}

func writeCaveats(t *page) {
	if len(t.r.Caveats) == 0 {
		return
	}
	t.head("CAVEATS")
	told := words.TellCaveats(t.r.Caveats)
	for i := range told[:min(len(told), topCaveats)] {
		c := &told[i]
		text := words.About(c)
		if len(c.Evidence) > 0 {
			text += " [" + words.Citations(c.Evidence, len(c.Evidence)+c.More, 3) + "]"
		}
		t.para("  ! ", text)
	}
	t.more(topCaveats, len(told), "")
}

func writeSkipped(t *page) {
	if len(t.r.Skipped) == 0 {
		return
	}
	t.head("SKIPPED ROWS")
	shown := t.r.Skipped[:min(len(t.r.Skipped), topSkipped)]
	for _, s := range shown {
		t.para("  ", fmt.Sprintf("%s:%d record %d%s: %s", report.ShortPath(s.File), s.Line, s.Record, andMore(&s), report.Short(s.Reason, 300)))
	}
	if n := skippedRows(t.r.Skipped[len(shown):]); n > 0 {
		t.line("  … and %s more (see JSON)", report.Grouped(n))
	}
}

// andMore says that a skipped row stands for more than itself.
func andMore(s *report.Skipped) string {
	if s.Count < 2 {
		return ""
	}
	return fmt.Sprintf(" and %s more behind it", report.Grouped(s.Count-1))
}

// skippedRows is how many records were skipped.
func skippedRows(list []report.Skipped) int64 {
	n := int64(0)
	for i := range list {
		n += max(1, list[i].Count)
	}
	return n
}

// writeFooter says what the report was made with: whoever reads it in court asks.
func writeFooter(t *page) {
	t.head("MADE WITH")
	for _, p := range t.r.Packs {
		t.para("  rules  ", fmt.Sprintf("%s %s sha256 %s", p.ID, p.Version, p.SHA256))
	}
	t.line("  effective rules sha256 %s", report.Plain(t.r.EffectiveRulesSHA256))
	for _, g := range t.r.Geo {
		made := fmt.Sprintf("%s built %s (%s)", g.Database, g.Built, g.Source)
		if g.SHA256 != "" {
			made += " sha256 " + string(g.SHA256)
		}
		t.para("  places ", made)
		if g.Attribution != "" {
			t.para("         ", string(g.Attribution))
		}
	}
	writeFiles(t)
	if len(t.r.Findings) > 0 {
		t.line("")
		t.line("One finding in full: triage explain REPORT.json %s", report.Plain(t.r.Findings[0].ID))
	}
}

// writeFiles names the files that were written beside.
func writeFiles(t *page) {
	if len(t.opts.Files) == 0 {
		return
	}
	t.head("FILES WRITTEN")
	for _, f := range t.opts.Files {
		t.para("  ", f)
	}
}
