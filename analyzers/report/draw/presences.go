package draw

import (
	"cmp"
	"slices"

	"triage/analyzers/attribution"
	"triage/analyzers/report"
	"triage/ingest/activity"
)

// What one report may hold of presences: those of intruders before those that are undecided, and the owner's in the accounts
// that intruders were in. All others are counted.
const (
	maxHisPresences    = 2_000
	maxOtherPresences  = 1_000 // undecided, and as many of owners
	maxPresenceList    = 20    // addresses and agents of one
	maxPresenceReasons = 20
)

// picked are the presences that a report tells of, by number, and how many others there are.
type picked struct {
	list []onePresence
	more report.PresenceCounts
}

// onePresence is a presence that is told.
type onePresence struct {
	number uint32
	why    []attribution.Reason
	told   report.Presence
	ips    map[activity.Symbol]bool
	agents map[activity.Symbol]bool
	any    uint32 // one more than the index of an act of it
}

// presences chooses once which presences are told.
func (p *tenantPart) presences() *picked {
	if p.picked == nil {
		p.picked = pick(p)
	}
	return p.picked
}

func pick(p *tenantPart) *picked {
	out := &picked{}
	a := p.Result.Attribution
	if a == nil || a.Presences == nil {
		return out
	}
	taken := map[activity.Symbol]bool{}
	for i := range a.Intruders {
		for _, s := range a.Intruders[i].Accounts {
			taken[s] = true
		}
	}
	room := map[attribution.Who]int{attribution.Attacker: maxHisPresences, attribution.Undecided: maxOtherPresences, attribution.Owner: maxOtherPresences}
	left := map[attribution.Who]*int{
		attribution.Attacker: &out.more.Attacker, attribution.Undecided: &out.more.Undecided, attribution.Owner: &out.more.Owner, attribution.Service: &out.more.Service,
	}
	for i := range a.Presences.Accounts {
		account := &a.Presences.Accounts[i]
		let := p.Filter.mailbox(p.c.Text(account.Name))
		for k := range account.Presences {
			x, number := &account.Presences[k], account.First()+uint32(k)
			if int(number) >= len(a.Labels) || x.Failed && a.Labels[number] != attribution.Attacker {
				continue // nobody was there
			}
			label := a.Labels[number]
			switch {
			case !let, !p.Filter.span(x.First, x.Last), left[label] == nil:
			case room[label] == 0, label == attribution.Owner && !taken[account.Name]:
				*left[label]++
			default:
				room[label]--
				out.list = append(out.list, onePresence{number: number, why: a.Why(number)})
			}
		}
	}
	return out
}

// presencesOf draws the presences, in order of mailbox, time and key.
func presencesOf(p *tenantPart) ([]report.Presence, report.PresenceCounts) {
	picked := p.presences()
	list := make([]report.Presence, 0, len(picked.list))
	if len(picked.list) == 0 {
		return list, picked.more
	}
	gather(p, picked.list)
	for i := range picked.list {
		list = append(list, presenceOf(p, &picked.list[i]))
	}
	slices.SortStableFunc(list, func(x, y report.Presence) int {
		return cmp.Or(cmp.Compare(x.Mailbox, y.Mailbox), cmp.Compare(x.First, y.First), cmp.Compare(x.Key, y.Key))
	})
	return list, picked.more
}

// gather walks the case once for what the presences' acts show.
func gather(p *tenantPart, list []onePresence) {
	table := p.Result.Attribution.Presences
	at := make([]int32, table.Len()) // by number, one more than the index in list
	for i := range list {
		at[list[i].number] = int32(i + 1)
		list[i].ips, list[i].agents = map[activity.Symbol]bool{}, map[activity.Symbol]bool{}
	}
	for i := range p.c.Activities {
		number, ok := table.Of(uint32(i))
		if !ok || at[number] == 0 {
			continue
		}
		one, a := &list[at[number]-1], &p.c.Activities[i]
		one.told.Activities++
		if one.any == 0 {
			one.any = uint32(i) + 1
		}
		if a.IP != 0 {
			one.ips[a.IP] = true
		}
		if a.Agent != 0 {
			one.agents[a.Agent] = true
		}
	}
}

func presenceOf(p *tenantPart, one *onePresence) report.Presence {
	a := p.Result.Attribution
	account, x := a.Presences.At(one.number)
	out := one.told
	out.Mailbox, out.First, out.Last = report.Clean(p.c.Text(account.Name)), report.Time(x.First), report.Time(x.Last)
	out.Label = a.Labels[one.number].String()
	if _, i := a.OfPresence(one.number); i >= 0 {
		out.Intruder = report.Text(p.intruder(i))
	}
	if x.Line != 0 {
		out.Line = report.Text(report.Clean(a.Presences.Lines[x.Line].String()))
	}
	if x.Program != 0 {
		out.Program = report.Text(report.Clean(a.Presences.Programs[x.Program].String()))
	}
	out.Session = report.Text(report.Clean(p.c.Text(x.Session)))
	out.Key = presenceKey(&out)
	out.StrangeWhy = []string{}
	if c := p.Result.Context; c != nil && one.any != 0 {
		if tenths, ok := c.Strangeness(one.any - 1); ok {
			points := float64(tenths) / 10
			out.Strangeness, out.StrangeWhy = &points, cleanAll(c.StrangeWhy(one.any-1))
		}
	}
	out.Reasons, _ = p.reasons(one.why, maxPresenceReasons)
	out.IPs, out.IPsMore = p.sorted(one.ips)
	out.Agents, out.AgentsMore = p.sorted(one.agents)
	return out
}

// presenceKey is what makes it one visit.
func presenceKey(x *report.Presence) string {
	last := string(x.Session)
	if last == "" {
		last = x.First.String()
	}
	return string(x.Line) + "|" + last + "|" + string(x.Program)
}

// sorted are the texts of symbols, in order, the first of them.
func (p *tenantPart) sorted(set map[activity.Symbol]bool) (list []string, more int) {
	list = make([]string, 0, len(set))
	for s := range set {
		list = append(list, report.Clean(cmp.Or(p.place(s, activity.FieldIP), p.c.Text(s))))
	}
	slices.Sort(list)
	list = slices.Compact(list)
	n := min(len(list), maxPresenceList)
	return list[:n:n], len(list) - n
}
