package detect

import (
	"fmt"
	"testing"
)

// benchRules are n rules like those of the core pack: most fix a type or operations, then ask for a client, a place,
// an address or a text; one in ten has conditions that span columns.
func benchRules(b *testing.B, n int) []*Rule {
	b.Helper()
	rules := make([]*Rule, n)
	for i := range rules {
		var blk Block
		switch i % 10 {
		case 0:
			blk = whole(cond("type", "logon"), cond("result", "success"), cond("country|not", "NL"))
		case 1:
			blk = whole(cond("type", "search"), cond("query|word", fmt.Sprintf("term%d", i)))
		case 2:
			blk = whole(cond("op|in", "New-InboxRule", fmt.Sprintf("Set-%d", i)), cond("params.name|re", `^\W{1,3}$`))
		case 3:
			blk = whole(cond("app|in", "IMAP4", "POP3"), cond("type|not", "deliver"))
		case 4:
			blk = whole(cond("agent|contains", fmt.Sprintf("client-%d", i), "axios"), cond("type", "logon"))
		case 5:
			blk = whole(cond("ip|cidr", fmt.Sprintf("198.51.100.%d/32", i%256)), cond("lane", "person"))
		case 6:
			blk = whole(cond("type", "deliver"), cond("attachments|endswith", ".hta", fmt.Sprintf(".x%d", i)))
		case 7:
			blk = whole(cond("type", "mail_access"), cond("ip_class", "hosting"))
		case 8:
			blk = whole(cond("type|in", "rule_change", "forwarding_change"), cond("forward_external", True))
		case 9:
			blk = whole(cond("type", "logon"))
			blk.Any = []Block{whole(cond("app", "IMAP4")), whole(cond("agent|contains", fmt.Sprintf("bot%d", i)))}
		}
		w, err := NewWhere(blk)
		if err != nil {
			b.Fatal(err)
		}
		rules[i] = &Rule{Where: w}
	}
	return rules
}

// benchRows are of the mix of a real tenant: mostly mail access and reads, few logons and searches.
func benchRows(n int) []row {
	rows := make([]row, n)
	for i := range rows {
		ip := fmt.Sprintf("ip=203.0.113.%d:%d", i%200, 1024+i%500)
		if i%97 == 0 {
			ip = fmt.Sprintf("ip=198.51.100.%d", i%256)
		}
		r := row{"mailbox=" + fmt.Sprintf("user%d@contoso.com", i%50), ip, "session=" + fmt.Sprint(i/20)}
		switch {
		case i%10 == 0:
			r = append(r, "type=logon", "result=success", "op=UserLoggedIn", "agent="+fmt.Sprintf("Mozilla/5.0 (%d)", i%300))
		case i%25 == 1:
			r = append(r, "type=search", "op=SearchQueryInitiated", "app=Web", "query="+fmt.Sprintf("quarterly plan %d", i%1000))
		case i%10 == 2:
			r = append(r, "type=deliver", "op=MessageDelivered", "app=Exchange", "attachments=report.pdf", "subject="+fmt.Sprint(i))
		case i%500 == 3:
			r = append(r, "type=rule_change", "op=New-InboxRule", "params.Name=..", "forward_to=x@example.com")
		default:
			r = append(r, "type=mail_access", "op=MailItemsAccessed", "app=Outlook", "item="+fmt.Sprint(i))
		}
		rows[i] = r
	}
	return rows
}

// visits is a context as the measure gives it: one strangeness for each of a few hundred visits.
type visits struct{}

func (visits) Strangeness(index uint32) (tenths int, ok bool) {
	visit := index / 20 % 300
	return int(visit*7%11) * 5, visit%4 != 0
}

func (visits) StrangeWhy(uint32) []string { return nil }
func (visits) Line(uint32) string         { return "" }
func (visits) Shared(uint32, int64) bool  { return false }

// BenchmarkMatch is the price of the rules per activity. "first" meets every value for the first time, as a run does;
// "again" is what an activity costs once its values are known. Figures: mask_bench.txt.
func BenchmarkMatch(b *testing.B) {
	c := caseOf(b, benchRows(100_000)...)
	p := tenantOf(c, nil)
	for _, n := range []int{50, 500} {
		rules := benchRules(b, n)
		pass := func(m *Matcher) {
			for i := range c.Activities {
				m.Match(uint32(i))
			}
		}
		report := func(b *testing.B) {
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(c.Activities)), "ns/activity")
		}
		b.Run(fmt.Sprintf("first/rules=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				pass(NewMatcher(rules, p))
			}
			report(b)
		})
		b.Run(fmt.Sprintf("again/rules=%d", n), func(b *testing.B) {
			m := NewMatcher(rules, p)
			pass(m)
			b.ReportAllocs()
			for b.Loop() {
				pass(m)
			}
			report(b)
		})
	}
	b.Run("strange/rules=500", func(b *testing.B) { // every fifth rule asks for the strangeness as well
		strange := *p
		strange.Context = visits{}
		rules := benchRules(b, 500)
		for i := 0; i < len(rules); i += 5 {
			blk := rules[i].Where.Block()
			blk.Conditions = append(blk.Conditions, cond("strangeness|gte", []string{"2.5", "0.5", "1"}[i%3]))
			w, err := NewWhere(blk)
			if err != nil {
				b.Fatal(err)
			}
			rules[i] = &Rule{Where: w}
		}
		m := NewMatcher(rules, &strange)
		for b.Loop() {
			for i := range c.Activities {
				m.Match(uint32(i))
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(c.Activities)), "ns/activity")
	})
	b.Run("holds/rules=50", func(b *testing.B) {
		rules := benchRules(b, 50)
		for b.Loop() {
			for i := range c.Activities {
				for _, r := range rules {
					r.Where.Holds(&c.Activities[i], p)
				}
			}
		}
		report := float64(b.Elapsed().Nanoseconds()) / float64(b.N) / float64(len(c.Activities))
		b.ReportMetric(report, "ns/activity")
	})
}
